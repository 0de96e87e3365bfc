"""From an update of Telegram's to an Ask, or to what became of a chat."""

from __future__ import annotations

from typing import Any

from telegram import (
    Bot,
    CallbackQuery,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    ChatMemberUpdated,
    InlineQuery,
    MaybeInaccessibleMessage,
    Message,
    Update,
    User,
)
from telegram import Chat as TelegramChat

from bot.chat import quick
from bot.chat.desk import Ask, Desk, Event, Press, Typed
from bot.clock import micros
from bot.store import chats
from bot.store.chats import Chat, Kind, Stranger
from bot.text import DEFAULT_LANGUAGE, clean, words_for

KINDS: dict[str, Kind] = {
    "private": "private",
    "group": "group",
    "supergroup": "supergroup",
    "channel": "channel",
}
GONE = frozenset({"left", "kicked"})
TITLE = 120


class Door:
    """Reads one update and tells who asks what."""

    def __init__(self, desk: Desk, bot: Bot) -> None:
        self._desk = desk
        self._bot = bot

    def glance(self, body: dict[str, Any], known: Chat) -> Ask | None:
        """Who asks what, where that is plain to see; else None, and `admit` tells."""
        return quick.read(self._desk, body, known)

    def parse(self, body: dict[str, Any]) -> Update:
        """The update as an object. Raises what its malformed parts raise (KeyError, TypeError)."""
        return Update.de_json(body, self._bot)

    async def admit(self, update: Update, known: Chat | None = None) -> Ask | None:
        """Who asks what; None where nothing is asked (the chat's state is brought up to date).

        `known` is the chat's row, where it was read a moment ago.
        """
        if update.my_chat_member is not None:
            return await self._changed(update.my_chat_member)
        if update.inline_query is not None:
            return self._typed(update.inline_query, known)
        if update.callback_query is not None:
            return await self._pressed(update.callback_query, known)
        edited = update.edited_message or update.edited_channel_post
        message = update.message or update.channel_post or edited
        if message is None:
            return None
        if message.migrate_to_chat_id is not None:
            await self._migrate(message.chat.id, message.migrate_to_chat_id)
            return None
        if message.migrate_from_chat_id is not None:
            await self._migrate(message.migrate_from_chat_id, message.chat.id)
            return None
        return await self._written(message, known, is_edit=edited is not None)

    async def _written(self, message: Message, known: Chat | None, *, is_edit: bool) -> Ask | None:
        text, is_named = self._unnamed(message)
        replied = message.reply_to_message
        ours = replied is not None and replied.from_user and replied.from_user.id == self._bot.id
        answers = replied is not None and bool(ours) and not _is_service(replied)
        concerns = is_named or text.startswith("/") or answers
        if message.chat.type == "channel":
            concerns = text.startswith("/")
        if message.chat.type != "private" and not concerns:
            return None
        # What was sent through us inline is no question; a live location moves by edits.
        if _is_service(message) or message.via_bot is not None or (is_edit and not text):
            return None
        chat, is_back = await self._chat(message.chat, message.from_user, known)
        location, shared = message.location, message.chat_shared
        earlier = self._desk.answered.take(chat.tg_id, message.message_id) if is_edit else []
        return Ask(
            desk=self._desk,
            chat=chat,
            user_id=message.from_user.id if message.from_user else 0,
            words=words_for(chat.language),
            thread_id=_thread(message),
            message_id=message.message_id,
            reply_to=replied.message_id if replied and answers else 0,
            text=text,
            location=(location.latitude, location.longitude) if location else None,
            sender_chat=message.sender_chat.id if message.sender_chat else 0,
            is_edit=is_edit,
            is_named=is_named,
            event="back" if is_back else "",
            picked=shared.chat_id if shared else 0,
            earlier=earlier,
        )

    def _unnamed(self, message: Message) -> tuple[str, bool]:
        """A message's words or caption without our name in it, and whether it was there."""
        text = message.text or message.caption or ""
        if "@" not in text and not (message.entities or message.caption_entities):
            return text, False
        name = f"@{self._bot.username}".casefold()
        named = [
            shown
            for entity, shown in (
                *message.parse_entities().items(),
                *message.parse_caption_entities().items(),
            )
            if (entity.type == "mention" and shown.casefold() == name)
            or (entity.type == "text_mention" and entity.user and entity.user.id == self._bot.id)
        ]
        for shown in named:
            text = text.replace(shown, " ")
        return (" ".join(text.split()) if named else text), bool(named)

    async def _pressed(self, query: CallbackQuery, known: Chat | None) -> Ask | None:
        message = query.message
        if message is None or query.data is None:
            return None
        chat, is_back = await self._chat(message.chat, query.from_user, known)
        thread = _thread(message) if isinstance(message, Message) else 0
        return Ask(
            desk=self._desk,
            chat=chat,
            user_id=query.from_user.id,
            words=words_for(chat.language),
            thread_id=thread,
            press=Press(query.id, message.message_id, query.data, shown=_text(message)),
            event="back" if is_back else "",
        )

    def _typed(self, query: InlineQuery, known: Chat | None) -> Ask:
        """Who types inline may be a stranger, of whom nothing is kept; others have a row."""
        person = query.from_user
        language = (person.language_code or DEFAULT_LANGUAGE)[:12]
        chat = known if known is not None and known.tg_id == person.id else _passing(person)
        return Ask(
            desk=self._desk,
            chat=chat,
            user_id=person.id,
            words=words_for(chat.language if chat.id else language),
            typed=Typed(query.id, query.query),
        )

    async def _chat(
        self, chat: TelegramChat, sender: User | None, known: Chat | None
    ) -> tuple[Chat, bool]:
        """The chat's row, and whether it comes back: who writes to us again is active again."""
        now = micros(self._desk.clock.now())
        kind = KINDS.get(chat.type, "group")
        title = clean(chat.title or chat.full_name or "", TITLE)
        language = (sender.language_code if sender else None) or DEFAULT_LANGUAGE
        if known is None or known.tg_id != chat.id:
            async with self._desk.database.read() as conn:
                known = await chats.find(conn, chat.id)
        fits = known is not None and (known.kind, known.title) == (kind, title)
        if known is not None and fits and known.state == "active":
            return known, False
        async with self._desk.database.write() as conn:
            row = await chats.ensure(conn, chat.id, kind, title, language[:12], now)
            is_back = row.state != "active"
            if is_back:
                await chats.set_state(conn, row.id, "active", now)
                row = await chats.get(conn, row.id) or row
        return row, is_back

    async def _changed(self, change: ChatMemberUpdated) -> Ask | None:
        """Blocked, unblocked, added or removed: what is owed rests, and who comes is greeted."""
        now = micros(self._desk.clock.now())
        before, after = change.old_chat_member, change.new_chat_member
        left = after.status in GONE
        async with self._desk.database.write() as conn:
            row = await chats.find(conn, change.chat.id)
            # A group that became a supergroup has us added once more, to a chat that we are in.
            was_here = row is not None and row.state == "active"
            if row is None:
                if left:
                    return None
                language = change.from_user.language_code or DEFAULT_LANGUAGE
                title = clean(change.chat.title or change.chat.full_name or "", TITLE)
                kind = KINDS.get(change.chat.type, "group")
                row = await chats.ensure(conn, change.chat.id, kind, title, language[:12], now)
            await chats.set_state(conn, row.id, "blocked" if left else "active", now)
            row = await chats.get(conn, row.id) or row
        event: Event = ""
        if not left and _is_mute(after) and not _is_mute(before):
            event = "muted"
        elif not left and not was_here and before.status in GONE:
            event = "back" if row.kind == "private" else "added"
        if not event:
            return None
        return Ask(
            desk=self._desk,
            chat=row,
            user_id=change.from_user.id,
            words=words_for(row.language),
            event=event,
        )

    async def _migrate(self, old: int, new: int) -> None:
        async with self._desk.database.write() as conn:
            await chats.migrate(conn, old, new, micros(self._desk.clock.now()))


def _passing(person: User) -> Chat:
    """A chat that is written down nowhere."""
    return Chat(
        id=0, tg_id=person.id, kind="private", title="", state="active", strikes=0, struck_at=None,
        language=DEFAULT_LANGUAGE, zone=None, quiet_from=None, quiet_to=None, length="full",
        empty="line", open_to_all=False, admitted=False, next_send_at=0, seen_revision=0,
        created_at=0, updated_at=0,
    )  # fmt: skip


def _is_mute(member: ChatMember) -> bool:
    """Whether we are there and may not write."""
    if isinstance(member, ChatMemberRestricted):
        return not member.can_send_messages
    return isinstance(member, ChatMemberAdministrator) and member.can_post_messages is False


def stranger(body: dict[str, Any]) -> Stranger | None:
    """Whom a private message or press comes from, read before it is parsed; None if unclear."""
    part = body.get("message") or body.get("callback_query")
    sender = part.get("from") if isinstance(part, dict) else None
    if not isinstance(part, dict) or not isinstance(sender, dict):
        return None
    holder = part.get("message") if "callback_query" in body else part
    chat = holder.get("chat") if isinstance(holder, dict) else None
    if not isinstance(chat, dict) or chat.get("type") != "private":
        return None
    names = (chat.get("first_name"), chat.get("last_name"))
    title = clean(" ".join(name for name in names if isinstance(name, str)), TITLE)
    language = sender.get("language_code")
    code = language[:12] if isinstance(language, str) else DEFAULT_LANGUAGE
    number = chat.get("id")
    return Stranger(number, "private", title, code) if isinstance(number, int) else None


def _text(message: MaybeInaccessibleMessage) -> str:
    return (message.text or message.caption or "") if isinstance(message, Message) else ""


def _thread(message: Message) -> int:
    """A forum topic's id; General and plain reply threads have none of their own."""
    return message.message_thread_id or 0 if message.is_topic_message else 0


def _is_service(message: Message) -> bool:
    """What Telegram reports rather than a person says."""
    return bool(
        message.new_chat_members
        or message.left_chat_member
        or message.group_chat_created
        or message.supergroup_chat_created
        or message.channel_chat_created
        or message.new_chat_title
        or message.pinned_message
        or message.forum_topic_created
        or message.forum_topic_closed
        or message.forum_topic_reopened
        or message.forum_topic_edited
    )
