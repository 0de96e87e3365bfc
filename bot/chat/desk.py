"""What every handler works with, built once; and one update, asked at the door."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from zoneinfo import ZoneInfo

from bot import telemetry
from bot.chat.answered import Answered, Shown, Spot
from bot.chat.cities import Cities
from bot.chat.clerk import Clerk
from bot.chat.errands import Errands
from bot.chat.indexes import Indexes, Waits
from bot.chat.sheet import NO_PREVIEW, Sheet, about, for_channel
from bot.chat.standing import Standing
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
from bot.render.message import Message, View
from bot.render.pen import Pen
from bot.store import receipts
from bot.store.bulletins import Part
from bot.store.chats import Chat
from bot.store.database import Database
from bot.store.receipts import Receipt
from bot.text import Words

log = telemetry.logger(__name__)

MOST_SHEETS = 4000


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
    standing: Standing
    bot_id: int = 0
    hears_all: bool = False
    """Whether Telegram gives us all that is written in groups (privacy mode is off)."""
    indexes: Indexes = field(default_factory=Indexes)
    answered: Answered = field(default_factory=Answered)
    picking: dict[int, float] = field(default_factory=dict)
    """Who was given the picker, and when (monotonic seconds)."""
    hinted: dict[int, float] = field(default_factory=dict)
    """The chats whose admins were told that we may not write there, and when."""
    slowed: dict[int, float] = field(default_factory=dict)
    """The groups that were looked at for slow mode, and until when that will do."""
    sheets: dict[tuple[object, ...], Sheet] = field(default_factory=dict)
    """Screens already made, for the revision, language and day that they are for."""

    async def prepare(self, waits: Waits) -> None:
        """Have the index of what is in force ready before anybody asks."""
        await self.indexes.prepare(self.publisher.library, self.clock, waits)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed behind our name, in whatever chat; `id` is the inline query's."""

    id: str
    text: str


Event = Literal["", "added", "back", "muted"]


@dataclass(slots=True)
class Press:
    """A button pressed: the callback's id, and the message that it stood under.

    `shown` is that message's text, empty where Telegram does not hand it over any more.
    """

    id: str
    message_id: int
    data: str
    is_answered: bool = False
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One update that wants an answer; nothing that a handler needs is None.

    `text` is what stands behind the command, or the whole text. `message_id` is the asker's
    message, 0 for a press. `reply_to` is the message of ours that it answers, 0 for none.
    `chat` is whom it is about; where an admin manages a channel from their private chat, `at` is
    that chat, and buttons of the verbs in `marks` carry the channel along.
    `event` says what became of the chat, where that is what we answer to. `earlier` are our
    answers to the question before it was edited.
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
    is_named: bool = False
    """Whether our name stood in the message; it is not in `text`."""
    at: Chat | None = None
    marks: frozenset[str] = frozenset()
    event: Event = ""
    typed: Typed | None = None
    picked: int = 0
    """The chat that was chosen with the picker, by Telegram's id."""
    earlier: list[int] = field(default_factory=list)

    @property
    def place(self) -> Chat:
        """Where we answer."""
        return self.at or self.chat

    @property
    def about(self) -> dict[str, object]:
        """What a question of ours keeps of the chat that it is about, if it is asked elsewhere."""
        return {} if self.at is None else {"chat": self.chat.id}

    @property
    def is_private(self) -> bool:
        return self.place.kind == "private"

    @property
    def library(self) -> Library:
        return self.desk.publisher.library

    @property
    def zone(self) -> ZoneInfo:
        return find_zone(self.chat.zone or "UTC") or ZoneInfo("UTC")

    def pen(self) -> Pen:
        today = self.desk.clock.now().astimezone(self.zone).date()
        return Pen(self.library, self.words, today, "" if self.is_private else self.desk.bot_name)

    def anew(self) -> Ask:
        """The same, to be answered by a new message: the one pressed stays as it is."""
        return replace(self, press=None)

    def manage(self, chat: Chat, marks: frozenset[str]) -> Ask:
        """The same, about another chat: its subscriptions and settings, seen from here."""
        return replace(self, chat=chat, at=self.place, marks=marks, thread_id=0)

    # --- answering -------------------------------------------------------------------------

    async def show(self, view: View) -> int:
        """Answer with a screen: in place under a press, else as a new message; the last id.

        Raises what `Post.answer` raises.
        """
        return await self._show(Sheet.of(self._dress(view)), ())

    async def screen(self, make: Callable[[Pen], View], *name: str) -> int:
        """Answer with a screen that is the same for all who read the same words that day.

        `name` tells it from the others; it is made once for each revision.
        """
        pen = self.pen()
        if self.at is not None:
            return await self.show(make(pen))
        key = (pen.library.hash, pen.words.language, pen.today, self.place.kind, *name)
        sheets = self.desk.sheets
        sheet = sheets.get(key)
        if sheet is None:
            if len(sheets) >= MOST_SHEETS:
                sheets.clear()
            sheet = sheets[key] = Sheet.of(self._dress(make(pen)))
        return await self._show(sheet, name)

    async def _show(self, sheet: Sheet, name: tuple[str, ...]) -> int:
        spot: Spot = (
            self.place.tg_id,
            self.thread_id,
            (self.words.language, sheet.place, *(name or sheet.texts)),
        )
        may_point = not self.is_private and self.press is None and not self.is_edit
        if may_point and sheet.is_long and (first := await self._point(sheet, spot)):
            return first
        shown: list[tuple[int, Message]] = []
        for number, (message, body) in enumerate(sheet.messages):
            held = self._held(first=number == 0)
            sent = (
                await self._edit(held, message, body) if held else await self._send(message, body)
            )
            shown.append((sent, message))
        self._note(sheet.place, shown)
        if not self.is_private:
            self._keep_in_sight(sheet, spot, shown)
        return shown[-1][0]

    async def say(self, key: str, **values: object) -> int:
        """A plain sentence of the catalogue as a new message, in place for an edited question."""
        text = self.words(key, **values)
        message = Message(text, text)
        held = 0 if self.press is not None else self._held(first=True)
        body = {"text": text}
        return await self._edit(held, message, body) if held else await self._send(message, body)

    async def tell(self, text: str, keyboard: Mapping[str, object]) -> int:
        """A line that brings or takes away a keyboard below the chat. Raises as `show`."""
        return await self._send(Message(text, text), {"text": text, "reply_markup": keyboard})

    async def prompt(self, text: str, placeholder: str) -> int:
        """A question to be answered by a reply; clients open the reply by themselves."""
        force = {
            "force_reply": True,
            "selective": not self.is_private,
            "input_field_placeholder": placeholder,
        }
        named = text if self.at is None else f"{self.chat.title}\n{text}"
        return await self.tell(named, force)

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
            "text": part.html,
            "parse_mode": "HTML",
            "link_preview_options": NO_PREVIEW,
        }
        if part.keyboard is not None:
            params["reply_markup"] = part.keyboard
        message = Message(part.html, part.plain, carries=part.carries)
        self._note("latest", [(await self._send(message, params), message)])

    async def send_file(self, name: str, content: bytes, caption: str) -> None:
        """A JSON file. Raises what `Post.answer` raises."""
        params = {**self._where(), "caption": caption}
        files = {"document": (name, content, "application/json")}
        await self.desk.post.answer(self.place.tg_id, params, "sendDocument", files=files)

    # --- how -------------------------------------------------------------------------------

    def _where(self) -> dict[str, object]:
        """Chat and topic; in groups in reply to the asker, and silently."""
        where: dict[str, object] = {"chat_id": self.place.tg_id}
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
        result = await self.desk.post.answer(self.place.tg_id, params, plain=message.plain)
        return self._answered(int(result["message_id"]))

    async def _edit(self, message_id: int, message: Message, body: Mapping[str, object]) -> int:
        params = {"chat_id": self.place.tg_id, "message_id": message_id, **body}
        try:
            await self.desk.post.edit(self.place.tg_id, params, plain=message.plain)
        except Refused as refused:
            if isinstance(judge(refused), Anew):
                return await self._send(message, body)
            raise
        return self._answered(message_id)

    def _held(self, *, first: bool) -> int:
        """The message to be edited: the one pressed, or an answer to what the question was."""
        if self.press is not None:
            return self.press.message_id if first else 0
        return self.earlier.pop(0) if self.earlier else 0

    def _answered(self, message_id: int) -> int:
        """Remember that this message answers the asker's."""
        if self.message_id:
            self.desk.answered.note(self.place.tg_id, self.message_id, message_id)
        return message_id

    async def withdraw(self) -> None:
        """Delete what answered the question before it was edited, and is not needed any more."""
        for message_id in self.earlier:
            self.desk.answered.leave(self.place.tg_id, message_id)
            gone = {"chat_id": self.place.tg_id, "message_id": message_id}
            await self.desk.post.call("deleteMessage", gone)
        self._note("", [(number, Message("", "")) for number in self.earlier])
        self.earlier.clear()

    # --- nothing long twice ----------------------------------------------------------------

    async def _point(self, sheet: Sheet, spot: Spot) -> int:
        """Reply to the message that said this lately; 0 where there is none that still does."""
        shown = self.desk.answered.lately(spot, self.desk.clock.monotonic())
        if shown is None or not await self._still_says(shown, sheet):
            return 0
        text = self.words("group.above")
        reply = {"message_id": shown.message_id, "allow_sending_without_reply": True}
        params = {**self._where(), "text": text, "reply_parameters": reply}
        result = await self.desk.post.answer(self.place.tg_id, params)
        said = self._answered(int(result["message_id"]))
        answered = result.get("reply_to_message") or {}
        if answered.get("message_id") == shown.message_id:
            return said
        # The first is gone: the line becomes the answer itself.
        self.desk.answered.leave(self.place.tg_id, shown.message_id)
        self.earlier[:] = [said]
        return 0

    async def _still_says(self, shown: Shown, sheet: Sheet) -> bool:
        """Whether the first says what is true now: the same words, or corrected in place since."""
        if shown.texts == sheet.texts:
            return True
        async with self.desk.database.read() as conn:
            revision = await receipts.revision_of(conn, self.place.id, shown.message_id)
        return revision == self.desk.publisher.number

    def _keep_in_sight(
        self, sheet: Sheet, spot: Spot, shown: Sequence[tuple[int, Message]]
    ) -> None:
        """Where a long answer begins; a message that was edited shows nothing else any more."""
        answered, first = self.desk.answered, shown[0][0]
        for message_id, _ in shown:
            answered.leave(self.place.tg_id, message_id)
        if sheet.is_long:
            answered.show(spot, Shown(first, self.desk.clock.monotonic(), sheet.texts))

    def _dress(self, view: View) -> View:
        """A screen as the place wants it."""
        if self.place.kind == "channel":
            return for_channel(view, self.words, self.desk.bot_name)
        return view if self.at is None else about(view, self.chat, self.marks)

    def _note(self, place: str, shown: Sequence[tuple[int, Message]]) -> None:
        """A receipt for every message that shows a figure, or that did before its edit."""
        kept = [
            Receipt(
                chat_id=self.place.id,
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
        was_there = self.press is not None or self.is_edit
        gone = (self.place.id, bare) if bare and was_there else None
        if kept or gone:
            self.desk.clerk.receive(kept, gone)
