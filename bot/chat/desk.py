"""What every handler works with, built once; and one update, asked at the door."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from bot import telemetry
from bot.chat.cities import Cities
from bot.chat.clerk import Clerk
from bot.chat.errands import Errands
from bot.clock import Clock, micros
from bot.config import Access
from bot.content.library import Library
from bot.delivery.post import Post
from bot.delivery.transport import Refused
from bot.delivery.verdict import Anew, judge
from bot.newsroom.compose import Composer
from bot.newsroom.due import find_zone
from bot.newsroom.manual import Manual
from bot.newsroom.office import Office
from bot.newsroom.publish import Publisher
from bot.render.buttons import markup
from bot.render.message import Message, View
from bot.render.pen import Pen
from bot.render.split import split
from bot.store.bulletins import Part
from bot.store.chats import Chat
from bot.store.database import Database
from bot.store.receipts import Receipt
from bot.text import Words

log = telemetry.logger(__name__)

NO_PREVIEW = {"is_disabled": True}
MOST_SHEETS = 4000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A screen as it is sent: each message with its parameters."""

    place: str
    messages: tuple[tuple[Message, Mapping[str, object]], ...]

    @classmethod
    def of(cls, view: View) -> Sheet:
        return cls(view.place, tuple((item, _body(item)) for item in split(view)))


def _body(message: Message) -> dict[str, object]:
    body: dict[str, object] = {
        "text": message.html,
        "parse_mode": "HTML",
        "link_preview_options": NO_PREVIEW,
    }
    keyboard = markup(message.buttons)
    if keyboard is not None:
        body["reply_markup"] = keyboard
    return body


@dataclass(frozen=True, slots=True)
class Desk:
    """The services behind the conversation. `wake` makes the schedule look again."""

    database: Database
    clock: Clock
    post: Post
    publisher: Publisher
    composer: Composer
    manual: Manual
    cities: Cities
    admins: frozenset[int]
    bot_name: str
    access: Access
    wake: Callable[[], None]
    clerk: Clerk
    office: Office
    errands: Errands
    sending: Callable[[], str]
    """How sending goes: running, waiting, halted, away."""
    sheets: dict[tuple[object, ...], Sheet] = field(default_factory=dict)
    """Screens already made, for the revision, language and day that they are for."""


@dataclass(slots=True)
class Press:
    """A button pressed: the callback's id, and the message that it stood under."""

    id: str
    message_id: int
    data: str
    is_answered: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """One update that wants an answer; nothing that a handler needs is None.

    `words_after` is what stands behind the command, or the whole text. `message_id` is the
    asker's message, 0 for a press. `reply_to` is the message of ours that it answers, 0 for none.
    """

    desk: Desk
    chat: Chat
    user_id: int
    words: Words
    thread_id: int = 0
    message_id: int = 0
    reply_to: int = 0
    text: str = ""
    press: Press | None = None
    location: tuple[float, float] | None = None
    sender_chat: int = 0
    is_edit: bool = False

    @property
    def is_private(self) -> bool:
        return self.chat.kind == "private"

    @property
    def library(self) -> Library:
        return self.desk.publisher.library

    @property
    def zone(self) -> ZoneInfo:
        return find_zone(self.chat.zone or "UTC") or ZoneInfo("UTC")

    def pen(self) -> Pen:
        today = self.desk.clock.now().astimezone(self.zone).date()
        return Pen(self.library, self.words, today)

    def anew(self) -> Ask:
        """The same, to be answered by a new message: the one pressed stays as it is."""
        return replace(self, press=None)

    # --- answering -------------------------------------------------------------------------

    async def show(self, view: View) -> int:
        """Answer with a screen: in place under a press, else as a new message; the last id.

        Raises what `Post.answer` raises.
        """
        return await self._show(Sheet.of(view))

    async def screen(self, make: Callable[[Pen], View], *name: str) -> int:
        """Answer with a screen that is the same for all who read the same words that day.

        `name` tells it from the others; it is made once for each revision.
        """
        pen = self.pen()
        key = (pen.library.hash, pen.words.language, pen.today, *name)
        sheets = self.desk.sheets
        sheet = sheets.get(key)
        if sheet is None:
            if len(sheets) >= MOST_SHEETS:
                sheets.clear()
            sheet = sheets[key] = Sheet.of(make(pen))
        return await self._show(sheet)

    async def _show(self, sheet: Sheet) -> int:
        shown: list[tuple[int, Message]] = []
        rest: Sequence[tuple[Message, Mapping[str, object]]] = sheet.messages
        if self.press is not None:
            edited = await self._edit(self.press.message_id, *sheet.messages[0])
            shown.append((edited, sheet.messages[0][0]))
            rest = sheet.messages[1:]
        shown += [(await self._send(message, body), message) for message, body in rest]
        self._note(sheet.place, shown)
        return shown[-1][0]

    async def say(self, key: str, **values: object) -> int:
        """A plain sentence of the catalogue as a new message."""
        text = self.words(key, **values)
        result = await self.desk.post.answer(self.chat.tg_id, {**self._where(), "text": text})
        return int(result["message_id"])

    async def prompt(self, text: str, placeholder: str) -> int:
        """A question to be answered by a reply; clients open the reply by themselves."""
        force = {
            "force_reply": True,
            "selective": not self.is_private,
            "input_field_placeholder": placeholder,
        }
        params = {**self._where(), "text": text, "reply_markup": force}
        result = await self.desk.post.answer(self.chat.tg_id, params)
        return int(result["message_id"])

    async def toast(self, text: str = "", *, alert: bool = False) -> None:
        """Answer a press; without text its spinner only stops."""
        if self.press is None or self.press.is_answered:
            return
        self.press.is_answered = True
        params: dict[str, object] = {"callback_query_id": self.press.id}
        if text:
            params |= {"text": text[:200], "show_alert": alert}
        await self.desk.post.call("answerCallbackQuery", params)

    async def resend(self, part: Part) -> None:
        """A part of a bulletin again, as it was sent."""
        params: dict[str, object] = {
            **self._where(),
            "text": part.html,
            "parse_mode": "HTML",
            "link_preview_options": NO_PREVIEW,
        }
        if part.keyboard is not None:
            params["reply_markup"] = part.keyboard
        result = await self.desk.post.answer(self.chat.tg_id, params, plain=part.plain)
        message = Message(part.html, part.plain, carries=part.carries)
        self._note("latest", [(int(result["message_id"]), message)])

    # --- how -------------------------------------------------------------------------------

    def _where(self) -> dict[str, object]:
        """Chat and topic; in groups in reply to the asker, and silently."""
        where: dict[str, object] = {"chat_id": self.chat.tg_id}
        if self.thread_id:
            where["message_thread_id"] = self.thread_id
        if not self.is_private:
            where["disable_notification"] = True
            if self.message_id:
                where["reply_parameters"] = {
                    "message_id": self.message_id,
                    "allow_sending_without_reply": True,
                }
        return where

    async def _send(self, message: Message, body: Mapping[str, object]) -> int:
        params = {**self._where(), **body}
        result = await self.desk.post.answer(self.chat.tg_id, params, plain=message.plain)
        return int(result["message_id"])

    async def _edit(self, message_id: int, message: Message, body: Mapping[str, object]) -> int:
        params = {"chat_id": self.chat.tg_id, "message_id": message_id, **body}
        try:
            await self.desk.post.edit(self.chat.tg_id, params, plain=message.plain)
        except Refused as refused:
            if isinstance(judge(refused), Anew):
                return await self._send(message, body)
            raise
        return message_id

    def _note(self, place: str, shown: Sequence[tuple[int, Message]]) -> None:
        """A receipt for every message that shows a figure, or that did before its edit."""
        kept = [
            Receipt(
                chat_id=self.chat.id,
                message_id=message_id,
                revision=self.desk.publisher.number,
                place=place,
                sent_at=micros(self.desk.clock.now()),
                thread_id=self.thread_id,
                observations=message.carries,
            )
            for message_id, message in shown
            if message.carries
        ]
        bare = [message_id for message_id, message in shown if not message.carries]
        gone = (self.chat.id, bare) if bare and self.press is not None else None
        if kept or gone:
            self.desk.clerk.receive(kept, gone)
