"""The records of a world and the few moves that all else is made of.

Nothing here decides what is allowed; `access`, `people` and `places` do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from bot.sandbox.chats import Bot, Chat, Entry, InlineQuery, Message, Payload, Person, Press
from bot.sandbox.draws import Draws
from bot.sandbox.faults import Faults
from bot.sandbox.files import Files
from bot.sandbox.rates import Rates
from bot.sandbox.shapes import bare, bot_shape, chat_shape
from bot.sandbox.updates import Updates

SANDBOX_BOT = "110201543:sandbox"
SERVICE = (
    "new_chat_members",
    "left_chat_member",
    "new_chat_title",
    "group_chat_created",
    "supergroup_chat_created",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "forum_topic_created",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "chat_shared",
    "users_shared",
)
KINDS = ("text", "photo", "document", "location", "sticker", "voice", "contact", *SERVICE)


class Watchers:
    """Who is told of each happening."""

    __slots__ = ("_callbacks",)

    def __init__(self) -> None:
        self._callbacks: list[Callable[[Payload], None]] = []

    def __bool__(self) -> bool:
        return bool(self._callbacks)

    def add(self, callback: Callable[[Payload], None]) -> Callable[[], None]:
        """Tell this one too; the function returned ends it."""
        self._callbacks.append(callback)

        def remove() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return remove

    def tell(self, event: Payload) -> None:
        for callback in tuple(self._callbacks):
            callback(event)


class State:
    """One bot, its persons and chats.

    `now` gives Unix seconds. `strict` answers 501 to parameters that the API does not have and
    keeps each in `complaints`. `local` behaves as a Bot API server of one's own does: webhooks
    may be plain http on any port. `stars` says whether paid broadcast is allowed. `ledger=False`
    keeps no ledger; `history` is how many messages a chat keeps (None: all).
    """

    def __init__(
        self,
        now: Callable[[], float],
        *,
        token: str = SANDBOX_BOT,
        username: str = "briefing_sandbox_bot",
        first_name: str = "Briefing",
        privacy: bool = True,
        strict: bool = True,
        local: bool = True,
        stars: bool = False,
        ledger: bool = True,
        history: int | None = None,
        seed: int = 0,
        rates: Rates | None = None,
    ) -> None:
        self.now = now
        self.token = token
        self.bot = Bot(int(token.partition(":")[0]), username, first_name, privacy)
        self.bot.user = bot_shape(self.bot)
        self.strict = strict
        self.local = local
        self.stars = stars
        self.revoked = False
        self.history = history
        self.persons: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.usernames: dict[str, Chat] = {}
        self.updates = Updates(Draws(seed))
        self.faults = Faults(Draws(seed + 1))
        self.rates = rates or Rates()
        self.files = Files()
        self.web: dict[str, tuple[str, bytes, str]] = {}
        """What lies on the pretend web, for files sent by URL: name, content, media type."""
        self.ledger: list[Entry] = []
        self.keeps_ledger = ledger
        self.complaints: list[str] = []
        self.calls: dict[str, int] = {}
        """How often each method was called, by its name."""
        self.presses: list[Press] = []
        self.queries: list[InlineQuery] = []
        self.inline_messages: dict[str, Message] = {}
        self.commands: dict[tuple[str, str], list[Payload]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.menu_buttons: dict[int, Payload] = {}
        self.admin_rights: dict[bool, Payload] = {}
        self.watchers = Watchers()
        self.callback_life = 150.0
        """Seconds in which a press can be answered; Telegram does not say how many."""
        self.inline_life = 30.0
        self._shared_id = 0
        self._count = 0

    # --- names ----------------------------------------------------------------------------

    def known(self, user: int) -> Payload | None:
        """The User that the bot may mention; None for strangers."""
        if user == self.bot.id:
            return self.bot.user
        person = self.persons.get(user)
        return person.user if person is not None and person.known else None

    def number(self) -> int:
        """A number not used before, for persons, chats and queries."""
        self._count += 1
        return self._count

    def stamp(self, chat: Chat) -> int:
        """The next message id: private chats and basic groups share one count."""
        if chat.kind in ("private", "group"):
            self._shared_id += 1
            return self._shared_id
        chat.last_id += 1
        return chat.last_id

    # --- messages --------------------------------------------------------------------------

    def post(
        self,
        chat: Chat,
        sender: Payload | None,
        content: Payload,
        *,
        sender_id: int,
        sender_chat: Payload | None = None,
        thread: int | None = None,
        reply_to: Message | None = None,
        markup: Payload | None = None,
    ) -> Message:
        """Put a message into a chat. `content` holds its own fields (text, photo ...)."""
        stamp = self.stamp(chat)
        payload: Payload = {"message_id": stamp}
        if sender is not None:
            payload["from"] = sender
        if sender_chat is not None:
            payload["sender_chat"] = sender_chat
        payload["chat"] = chat.shape
        payload["date"] = int(self.now())
        if chat.forum and thread is not None:
            payload["message_thread_id"] = thread
            payload["is_topic_message"] = True
            if reply_to is None and thread in chat.messages:
                # In a topic a message that answers nothing answers the topic's first.
                payload["reply_to_message"] = bare(chat.messages[thread].payload)
        elif chat.kind == "supergroup" and not chat.forum and reply_to is not None:
            thread = reply_to.thread or reply_to.id
            payload["message_thread_id"] = thread
        if reply_to is not None:
            payload["reply_to_message"] = bare(reply_to.payload)
        payload.update(content)
        if markup is not None and "inline_keyboard" in markup:
            payload["reply_markup"] = markup
        message = Message(stamp, chat, payload, sender_id, thread, markup)
        chat.messages[stamp] = message
        if self.history is not None and len(chat.messages) > self.history:
            del chat.messages[next(iter(chat.messages))]
        return message

    def replace(self, message: Message, changes: Mapping[str, object], *gone: str) -> None:
        """Give a message other fields; the old payload stays as it was for who holds it."""
        kept = {name: value for name, value in message.payload.items() if name not in gone}
        message.payload = kept | dict(changes)

    # --- telling ----------------------------------------------------------------------------

    def emit(self, kind: str, payload: Payload, chat: int) -> None:
        """Queue an update for the bot."""
        self.updates.add(kind, payload, chat, self.now())

    def tell(self, kind: str, chat: int, **extra: object) -> None:
        """Tell the watchers."""
        if self.watchers:
            self.watchers.tell({"kind": kind, "chat": chat, "at": self.now(), **extra})

    def record(self, act: Literal["sent", "edited", "deleted"], message: Message) -> None:
        """A line in the ledger, for what the bot did."""
        if self.keeps_ledger:
            self.ledger.append(
                Entry(
                    self.now(),
                    act,
                    message.chat.id,
                    message.thread,
                    message.id,
                    message.text,
                    content_kind(message.payload),
                    message.payload,
                )
            )

    def received(self, chat: int) -> list[Entry]:
        """What the ledger says a chat was truly sent, oldest first."""
        return [entry for entry in self.ledger if entry.chat_id == chat and entry.act == "sent"]

    def complain(self, text: str) -> None:
        """Remember what a strict world does not forgive."""
        self.complaints.append(text)

    def reshape(self, chat: Chat) -> None:
        """Write the Chat of a chat anew, after it changed."""
        chat.shape = chat_shape(chat)


def content_kind(payload: Payload) -> str:
    """What a message is: text, photo, ..., or the name of its service field."""
    for kind in KINDS:
        if kind in payload:
            return kind
    return "other"
