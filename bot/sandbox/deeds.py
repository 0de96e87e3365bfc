"""What the page asks for, as deeds of a person in the world.

A deed takes an order (who, and the JSON of the request) and gives the JSON of the answer. It raises
`Unclear` for an order that makes no sense, and lets `Impossible` through.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bot.sandbox.chats import Chat, Impossible, InlineQuery, Message, Payload, Person, Press, Topic
from bot.sandbox.screen import Marks, visible
from bot.sandbox.world import World

T = TypeVar("T", int, float, str)


class Unclear(ValueError):
    """The order lacks something, or names what is not there."""


class Order:
    """One request: the world, who asks, and its JSON."""

    def __init__(self, world: World, marks: Marks, person: Person, body: Payload) -> None:
        self.world = world
        self.marks = marks
        self.person = person
        self.body = body

    def get(self, name: str, kind: type[T]) -> T | None:
        """A field of this kind; None when it is left out."""
        value = self.body.get(name)
        if value is None:
            return None
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            return kind(value)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise Unclear(f"`{name}` is not understood.")
        return value

    def need(self, name: str, kind: type[T]) -> T:
        """A field that must be there."""
        value = self.get(name, kind)
        if value is None:
            raise Unclear(f"`{name}` is missing.")
        return value

    @property
    def chat(self) -> Chat:
        """The chat named, if this person can see it."""
        return self.chat_of(self.need("chat", int))

    def chat_of(self, number: int) -> Chat:
        for chat in visible(self.world, self.person):
            if chat.id == number:
                return chat
        raise Unclear("There is no such chat.")

    @property
    def message(self) -> Message:
        """The message named in the chat named."""
        return self._message(self.need("message", int))

    def _message(self, number: int) -> Message:
        message = self.chat.messages.get(number)
        if message is None:
            raise Unclear("That message is not here any more.")
        return message

    @property
    def reply(self) -> Message | None:
        """The message that is answered."""
        number = self.get("reply", int)
        return None if number is None else self._message(number)

    @property
    def topic(self) -> Topic | None:
        """The topic written in; None for General and where there are none."""
        number = self.get("thread", int)
        return None if number is None else self.topic_of(number)

    def topic_of(self, number: int) -> Topic:
        topic = self.chat.topics.get(number)
        if topic is None or topic.deleted:
            raise Unclear("There is no such topic.")
        return topic


Deed = Callable[[Order], Payload]


def _told(message: Message) -> Payload:
    return {"chat": message.chat.id, "message": message.id}


def say(order: Order) -> Payload:
    """`{chat, text, thread?, reply?}`: write."""
    text = order.need("text", str)
    message = order.world.say(
        order.person, text, order.chat, thread=order.topic, reply_to=order.reply
    )
    order.marks.read(order.person, order.chat)
    return _told(message)


def start(order: Order) -> Payload:
    """`{payload?}`: press START, or open such a link."""
    return _told(order.world.start(order.person, order.get("payload", str) or ""))


def edit(order: Order) -> Payload:
    """`{chat, message, text}`: change one's own message."""
    return _told(order.world.edit(order.person, order.message, order.need("text", str)))


def delete(order: Order) -> Payload:
    """`{chat, message}`: delete for all."""
    order.world.delete(order.person, order.message)
    return {"ok": True}


def location(order: Order) -> Payload:
    """`{chat, latitude, longitude, thread?, reply?}`: send a point on the map."""
    latitude, longitude = order.need("latitude", float), order.need("longitude", float)
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Unclear("There is no such place.")
    message = order.world.send_location(
        order.person, latitude, longitude, order.chat, thread=order.topic, reply_to=order.reply
    )
    return _told(message)


def read(order: Order) -> Payload:
    """`{chat}`: all there is read."""
    order.marks.read(order.person, order.chat)
    return {"ok": True}


def press(order: Order) -> Press:
    """`{chat, message, row, column, share?}`: press a button."""
    share = order.get("share", int)
    where = (order.need("row", int), order.need("column", int))
    other = None if share is None else order.chat_of(share)
    return order.world.press(order.person, order.message, where, chat=other)


def inline(order: Order) -> InlineQuery | None:
    """`{chat, query}` asks; `{chat, id, result}` posts what was offered, and gives nothing."""
    asked = order.get("id", str)
    if asked is None:
        return order.world.inline(order.person, order.need("query", str), chat=order.chat)
    for query in reversed(order.world.queries):
        if query.id == asked and query.by is order.person:
            result = order.need("result", str)
            order.world.choose(order.person, query, result, chat=order.chat, thread=order.topic)
            order.marks.read(order.person, order.chat)
            return None
    raise Unclear("Those results are gone; type it again.")


def member(order: Order) -> Payload:
    """`{chat, do, person?, words?, payload?}`: block, join, promote and their like."""
    do = order.need("do", str)
    act = _MEMBER.get(do)
    if act is None:
        raise Unclear("Nothing of that name can be done.")
    act(order)
    return {"ok": True}


def _whom(order: Order) -> Person:
    person = order.world.persons.get(order.need("person", int))
    if person is None:
        raise Unclear("There is no such person.")
    return person


def _words(order: Order) -> str:
    words = order.need("words", str).strip()
    if not words:
        raise Unclear("Some words are needed.")
    if len(words) > 128:
        raise Impossible("a name has at most 128 characters")
    return words


def _topic(order: Order) -> Topic:
    return order.topic_of(order.need("person", int))


def _add_bot(order: Order) -> None:
    channel = order.chat.kind == "channel"
    order.world.add_bot(
        order.person, order.chat, admin=channel, payload=order.get("payload", str) or None
    )


_MEMBER: dict[str, Callable[[Order], object]] = {
    "block": lambda order: order.world.block(order.person),
    "unblock": lambda order: order.world.unblock(order.person),
    "add_bot": _add_bot,
    "remove_bot": lambda order: order.world.remove_bot(order.person, order.chat),
    "promote_bot": lambda order: order.world.promote(order.person, order.chat),
    "demote_bot": lambda order: order.world.demote(order.person, order.chat),
    "promote": lambda order: order.world.promote(order.person, order.chat, _whom(order)),
    "demote": lambda order: order.world.demote(order.person, order.chat, _whom(order)),
    "kick": lambda order: order.world.kick(order.person, order.chat, _whom(order)),
    "join": lambda order: order.world.join(order.person, order.chat),
    "leave": lambda order: order.world.leave(order.person, order.chat),
    "rename": lambda order: order.world.rename(order.person, order.chat, _words(order)),
    "migrate": lambda order: order.world.migrate(order.person, order.chat),
    "topic": lambda order: order.world.topic(order.person, order.chat, _words(order)),
    "close_topic": lambda order: order.world.close_topic(order.person, order.chat, _topic(order)),
    "reopen_topic": lambda order: order.world.reopen_topic(order.person, order.chat, _topic(order)),
    "delete_topic": lambda order: order.world.delete_topic(order.person, order.chat, _topic(order)),
}

DEEDS: dict[str, Deed] = {
    "say": say,
    "start": start,
    "edit": edit,
    "delete": delete,
    "location": location,
    "read": read,
    "member": member,
}
"""The name of each in the page's protocol."""
