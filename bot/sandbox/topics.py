"""The topics of a forum."""

from __future__ import annotations

from bot.sandbox.chats import Chat, Impossible, Person, Topic
from bot.sandbox.members import require_member
from bot.sandbox.places import service
from bot.sandbox.state import State


def _require(chat: Chat, person: Person) -> None:
    require_member(chat, person)
    if not chat.forum:
        raise Impossible(f"{chat.title} has no topics")
    if not chat.member(person.id).admin and "can_manage_topics" not in chat.permissions:
        raise Impossible(f"{person.name} may not manage topics")


def make_topic(state: State, person: Person, chat: Chat, name: str) -> Topic:
    """Open a topic; its id is that of its first message."""
    _require(chat, person)
    # The service message stands in the topic that it opens.
    thread = chat.last_id + 1
    content = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
    message = service(state, chat, person, content, thread=thread)
    topic = Topic(message.id, name)
    chat.topics[topic.id] = topic
    state.tell("chat", chat.id)
    return topic


def close_topic(state: State, person: Person, chat: Chat, topic: Topic | None) -> None:
    """Close a topic, or General."""
    _require(chat, person)
    if topic is None:
        chat.general_closed = True
    else:
        topic.closed = True
    thread = topic.id if topic else None
    service(state, chat, person, {"forum_topic_closed": {}}, thread=thread)
    state.tell("chat", chat.id)


def reopen_topic(state: State, person: Person, chat: Chat, topic: Topic | None) -> None:
    """Open it again."""
    _require(chat, person)
    if topic is None:
        chat.general_closed = False
    else:
        topic.closed = False
    thread = topic.id if topic else None
    service(state, chat, person, {"forum_topic_reopened": {}}, thread=thread)
    state.tell("chat", chat.id)


def delete_topic(state: State, person: Person, chat: Chat, topic: Topic) -> None:
    """Delete a topic with all that was said in it."""
    _require(chat, person)
    topic.deleted = True
    for number in [
        number for number, message in chat.messages.items() if message.thread == topic.id
    ]:
        del chat.messages[number]
    state.tell("chat", chat.id)
