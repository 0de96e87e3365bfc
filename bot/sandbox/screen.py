"""What one person's screen shows, as JSON, and how it changed since it was last told.

A message stands as the Bot API writes it. A screen compares what is with what it told, so that
no kind of happening can be forgotten; payloads are replaced and never changed, so it compares
them by identity.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.sandbox.chats import Chat, InlineQuery, Member, Message, Payload, Person, Press
from bot.sandbox.world import World

LIMIT = 200
"""How many messages of a chat are shown; older ones stay in the world."""

Event = tuple[str, Payload]
"""The name of an event and its body."""


class Marks:
    """How far each person has read each chat."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._read: dict[tuple[int, int], int] = {}

    def last(self, person: Person, chat: Chat) -> int:
        """The id of the last message read there."""
        return self._read.get((person.id, chat.id), 0)

    def read(self, person: Person, chat: Chat) -> None:
        """All that is there now is read."""
        if chat.messages:
            self._read[person.id, chat.id] = max(chat.messages)

    def read_all(self) -> None:
        """As if everyone had looked at everything."""
        for person in self._world.persons.values():
            for chat in visible(self._world, person):
                self.read(person, chat)

    def unread(self, person: Person, chat: Chat) -> list[Message]:
        """What others wrote there since."""
        last = self.last(person, chat)
        return [
            message
            for message in chat.messages.values()
            if message.id > last and message.sender != person.id
        ]

    def total(self, person: Person) -> int:
        """How many messages wait for this person."""
        chats = visible(self._world, person)
        return sum(len(self.unread(person, chat)) for chat in chats)


def visible(world: World, person: Person) -> list[Chat]:
    """The chats on this person's list: where they are, and where they could come back to."""
    return [
        chat
        for chat in world.chats.values()
        if not chat.deleted
        and chat.migrated_to is None
        and (
            chat.person is person
            or (person.id in chat.members and chat.member(person.id).status != "kicked")
        )
    ]


def messages_of(chat: Chat) -> list[Message]:
    """The newest messages, oldest first."""
    return list(chat.messages.values())[-LIMIT:]


def chat_meta(world: World, marks: Marks, person: Person, chat: Chat) -> Payload:
    """A chat without its messages."""
    me = chat.member(person.id)
    unread = marks.unread(person, chat)
    private = chat.person is not None
    meta: Payload = {
        "id": chat.id,
        "kind": chat.kind,
        "title": world.bot.first_name if private else chat.title,
        "username": None if private else chat.username,
        "description": chat.description,
        "forum": chat.forum,
        "blocked": private and person.blocked,
        "can_write": private or _may_write(chat, me),
        "can_join": not private and not me.present,
        "unread": len(unread),
        "read": marks.last(person, chat),
        "commands": world.menu(person, chat),
        "keyboard": _keyboard(person, chat),
        "force": _force(person, chat),
        "members": [] if private else _members(world, person, chat),
        "actions": _private_actions(person) if private else _actions(world, person, chat),
        "topics": [
            {
                "id": topic.id,
                "name": topic.name,
                "closed": topic.closed,
                "unread": sum(message.thread == topic.id for message in unread),
            }
            for topic in chat.topics.values()
            if not topic.deleted
        ],
        "general_closed": chat.general_closed,
    }
    return meta


def _may_write(chat: Chat, me: Member) -> bool:
    if chat.kind == "channel":
        return me.admin
    if me.status == "restricted":
        return "can_send_messages" in me.rights
    return me.admin or (me.present and "can_send_messages" in chat.permissions)


def _aimed_at(person: Person, message: Message) -> bool:
    """A selective markup is for those mentioned, and for the one that it answers."""
    if not (message.markup or {}).get("selective"):
        return True
    answered = message.payload.get("reply_to_message") or {}
    if (answered.get("from") or {}).get("id") == person.id:
        return True
    return any(
        (entity.get("user") or {}).get("id") == person.id
        or (
            entity.get("type") == "mention"
            and f"@{person.username}".casefold() in message.text.casefold()
        )
        for entity in message.entities
    )


def _keyboard(person: Person, chat: Chat) -> Payload | None:
    shown = chat.keyboard
    if shown is None or not shown.markup or "keyboard" not in shown.markup:
        return None
    if not _aimed_at(person, shown):
        return None
    return shown.markup | {"message_id": shown.id}


def _force(person: Person, chat: Chat) -> Payload | None:
    """The newest message that asks this person for a reply and has had none."""
    for message in reversed(messages_of(chat)[-20:]):
        if message.sender == person.id:
            return None
        if (message.markup or {}).get("force_reply") and _aimed_at(person, message):
            placeholder = (message.markup or {}).get("input_field_placeholder")
            return {"message_id": message.id, "placeholder": placeholder}
    return None


def _members(world: World, person: Person, chat: Chat) -> list[Payload]:
    rank = {"creator": 0, "administrator": 1}
    found = [one for one in chat.members.items() if one[1].present]
    found.sort(key=lambda one: (rank.get(one[1].status, 2), one[0]))
    owner = chat.member(person.id).admin
    listed: list[Payload] = []
    for number, member in found:
        bot = number == world.bot.id
        who = world.persons.get(number)
        name = world.bot.first_name if bot else who.name if who else str(number)
        theirs = owner and number != person.id and who is not None
        listed.append(
            {
                "id": number,
                "name": name,
                "status": member.status,
                "bot": bot,
                "actions": _member_actions(member) if theirs else [],
            }
        )
    return listed


def _member_actions(member: Member) -> list[Payload]:
    if member.status == "creator":
        return []
    if member.status == "administrator":
        return [_action("demote", "No admin")]
    return [_action("promote", "Make admin"), _action("kick", "Remove", danger=True)]


def _action(do: str, label: str, **more: object) -> Payload:
    return {"do": do, "label": label, **more}


def _private_actions(person: Person) -> list[Payload]:
    if person.blocked:
        return [_action("unblock", "Unblock the bot", done="The bot may write to you again.")]
    if not person.started:
        return []
    return [_action("block", "Block the bot", danger=True, done="The bot is blocked.")]


def _actions(world: World, person: Person, chat: Chat) -> list[Payload]:
    """What this person may do with a group or channel, in the order of its buttons."""
    me, robot = chat.member(person.id), chat.member(world.bot.id)
    if not me.present:
        return [_action("join", "Join")]
    actions: list[Payload] = []
    if robot.present:
        if me.admin and chat.kind != "channel":
            actions.append(
                _action("demote_bot", "Bot: no admin")
                if robot.admin
                else _action("promote_bot", "Bot: make admin")
            )
        if me.admin:
            actions.append(_action("remove_bot", "Remove the bot", danger=True))
    elif me.admin or chat.kind != "channel":
        actions.append(_action("add_bot", "Add the bot"))
    if me.admin:
        actions.append(_action("rename", "Rename", words="New title"))
        if chat.forum:
            actions.append(_action("topic", "New topic", words="Name of the topic"))
            open_topics = [topic for topic in chat.topics.values() if not topic.deleted]
            for topic in open_topics:
                actions += [
                    _action("reopen_topic", f"Open “{topic.name}” again", person=topic.id)
                    if topic.closed
                    else _action("close_topic", f"Close “{topic.name}”", person=topic.id),
                    _action("delete_topic", f"Delete “{topic.name}”", person=topic.id, danger=True),
                ]
        if chat.kind == "group" and me.status == "creator":
            actions.append(
                _action(
                    "migrate",
                    "Make it a supergroup",
                    sure="The group gets another id and its history begins anew.",
                )
            )
    if me.status != "creator":
        actions.append(_action("leave", "Leave", danger=True))
    return actions


def whole(world: World, marks: Marks, person: Person) -> list[Payload]:
    """All chats of a person with their messages."""
    return [
        chat_meta(world, marks, person, chat)
        | {"messages": [message.payload for message in messages_of(chat)]}
        for chat in visible(world, person)
    ]


class Screen:
    """What one open page was told, so that it is told the rest and nothing twice."""

    def __init__(self, world: World, marks: Marks, person: Person) -> None:
        self.person = person
        self._world = world
        self._marks = marks
        self._meta: dict[int, Payload] = {}
        self._told: dict[int, dict[int, Payload]] = {}
        self._typing: dict[int, float] = {}
        for _ in self.changes():
            pass

    def changes(self) -> Iterator[Event]:
        """The events since the last call."""
        chats = {chat.id: chat for chat in visible(self._world, self.person)}
        for lost in [lost for lost in self._told if lost not in chats]:
            del self._told[lost], self._meta[lost]
            old = self._world.chats.get(lost)
            yield "left", {"chat": lost, "to": old.migrated_to if old else None}
        for chat in chats.values():
            yield from self._chat(chat)

    def _chat(self, chat: Chat) -> Iterator[Event]:
        meta = chat_meta(self._world, self._marks, self.person, chat)
        now = {message.id: message.payload for message in messages_of(chat)}
        told = self._told.get(chat.id)
        if told is None:
            self._told[chat.id], self._meta[chat.id] = now, meta
            yield "chat", {"chat": meta | {"messages": list(now.values())}}
            return
        gone = [number for number in told if number not in chat.messages]
        if gone:
            yield "gone", {"chat": chat.id, "ids": gone}
        for number, payload in now.items():
            if told.get(number) is not payload:
                yield "message", {"chat": chat.id, "message": payload}
        self._told[chat.id] = now
        if meta != self._meta[chat.id]:
            self._meta[chat.id] = meta
            yield "chat", {"chat": meta}
        yield from self._typed(chat)

    def _typed(self, chat: Chat) -> Iterator[Event]:
        until = chat.action[1] if chat.action else 0.0
        if until != self._typing.get(chat.id, 0.0):
            self._typing[chat.id] = until
            yield "typing", {"chat": chat.id, "until": until}


def press_shape(press: Press) -> Payload:
    """A press as the page knows it."""
    return {
        "id": press.id,
        "kind": press.kind,
        "answered": press.answered,
        "text": press.answer,
        "alert": press.alert,
        "url": press.url,
    }


def query_shape(query: InlineQuery) -> Payload:
    """An inline query as the page knows it: what each result is called, not what it posts."""
    return {
        "id": query.id,
        "answered": query.answered,
        "button": query.button,
        "results": [
            {name: str(result.get(name, "")) for name in ("id", "title", "description")}
            for result in query.results
        ],
    }
