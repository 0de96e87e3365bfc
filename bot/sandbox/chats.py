"""Who and what exists in the pretend Telegram: persons, chats, members, topics, messages.

Plain records; what happens to them is in `state`, what the Bot API calls them in `shapes`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

Payload = dict[str, Any]
"""A JSON object as the Bot API writes it; never changed once written, so it may be shared."""

Kind = Literal["private", "group", "supergroup", "channel"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]

PRESENT = ("creator", "administrator", "member", "restricted")

PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
"""What a chat lets its members do, in the order of ChatPermissions."""

GROUP_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
)
CHANNEL_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_post_messages",
    "can_edit_messages",
)


class Impossible(ValueError):
    """A person tried what the real Telegram would not let them do."""


@dataclass(slots=True, eq=False)
class Person:
    """Someone with a Telegram account. `known` once the bot has seen them anywhere."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    known: bool = False
    user: Payload = field(default_factory=dict)
    """The person as a User of the Bot API."""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name


@dataclass(slots=True)
class Bot:
    """The one bot of this world. `privacy` is BotFather's privacy mode, on as for any new bot."""

    id: int
    username: str
    first_name: str
    privacy: bool = True
    inline: bool = True
    feedback: bool = True
    """Whether BotFather was asked for chosen inline results."""
    user: Payload = field(default_factory=dict)


@dataclass(slots=True)
class Member:
    """How someone stands in a chat."""

    status: Status = "member"
    rights: frozenset[str] = frozenset()
    """Of an administrator: the rights granted. Of one restricted: the permissions left."""
    anonymous: bool = False
    title: str | None = None
    until: int = 0

    @property
    def present(self) -> bool:
        return self.status in PRESENT

    @property
    def admin(self) -> bool:
        return self.status in ("creator", "administrator")


@dataclass(slots=True)
class Topic:
    """A topic of a forum; its id is the id of the service message that opened it."""

    id: int
    name: str
    closed: bool = False
    deleted: bool = False


@dataclass(slots=True, eq=False)
class Message:
    """A message of a chat. `payload` is how the bot is told of it; an edit replaces it."""

    id: int
    chat: Chat
    payload: Payload
    sender: int
    """The id of the person or bot that wrote it."""
    thread: int | None = None
    markup: Payload | None = None
    """The reply markup it was sent with, of any kind."""
    inline_id: str | None = None
    """Set for a message that a person chose from the bot's inline results."""
    silent: bool = False
    protected: bool = False
    reactions: dict[int, tuple[Payload, ...]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text, or the caption, or nothing."""
        text = self.payload.get("text", self.payload.get("caption", ""))
        return text if isinstance(text, str) else ""

    @property
    def entities(self) -> list[Payload]:
        """The entities of the text or caption."""
        found = self.payload.get("entities") or self.payload.get("caption_entities")
        return found if isinstance(found, list) else []

    @property
    def buttons(self) -> list[list[Payload]]:
        """The rows of the keyboard that came with it, inline or reply; empty without one."""
        markup = self.markup or {}
        rows = markup.get("inline_keyboard") or markup.get("keyboard")
        return rows if isinstance(rows, list) else []


@dataclass(slots=True, eq=False)
class Chat:
    """A place where messages are. The id of a private chat is the person's."""

    id: int
    kind: Kind
    title: str | None = None
    username: str | None = None
    person: Person | None = None
    forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    permissions: frozenset[str] = frozenset(PERMISSIONS)
    slow_mode: int = 0
    topics: dict[int, Topic] = field(default_factory=dict)
    general_closed: bool = False
    deleted: bool = False
    migrated_to: int | None = None
    description: str | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0
    last_spoken: dict[int, float] = field(default_factory=dict)
    """When each member last wrote, for slow mode."""
    keyboard: Message | None = None
    """The message whose reply keyboard is shown now."""
    action: tuple[str, float, int | None] | None = None
    """The last chat action of the bot: its name, when it fades, its topic."""
    pinned: list[int] = field(default_factory=list)
    shape: Payload = field(default_factory=dict)
    """The chat as a Chat of the Bot API."""
    sent: deque[float] = field(default_factory=deque)
    """When the bot lately sent here, and `paid_until`: kept by the rates."""
    paid_until: float = 0.0

    def member(self, who: int) -> Member:
        """How someone stands here; a stranger counts as having left."""
        return self.members.get(who) or Member("left")


@dataclass(slots=True, eq=False)
class Press:
    """A button pressed. `kind` says what it was; `value` what it gave (a link, a copied text).

    For a callback button the bot is asked, and `answer`, `alert` and `url` hold its answer.
    """

    kind: str
    value: str
    message: Message
    by: Person
    id: str = ""
    at: float = 0.0
    answered: bool = False
    answer: str = ""
    alert: bool = False
    url: str = ""
    inline: InlineQuery | None = None
    """Set when the button began an inline query."""


@dataclass(slots=True, eq=False)
class InlineQuery:
    """What a person typed behind the bot's name, and what the bot offered."""

    id: str
    by: Person
    query: str
    offset: str
    at: float
    answered: bool = False
    results: list[Payload] = field(default_factory=list)
    next_offset: str = ""
    button: Payload | None = None
    personal: bool = False
    cache_time: int = 300

    @property
    def titles(self) -> list[str]:
        """The titles offered, in order."""
        return [str(result.get("title", "")) for result in self.results]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: what truly happened in a chat, whatever the bot was told."""

    at: float
    act: Literal["sent", "edited", "deleted"]
    chat_id: int
    thread_id: int | None
    message_id: int
    text: str
    kind: str
    payload: Payload
