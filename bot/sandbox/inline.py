"""Inline mode from the person's side: typing behind the bot's name, and choosing."""

from __future__ import annotations

from bot.sandbox.chats import Chat, Impossible, InlineQuery, Message, Payload, Person, Topic
from bot.sandbox.members import require_alive
from bot.sandbox.people import write
from bot.sandbox.state import State


def ask(state: State, person: Person, query: str, chat: Chat | None, offset: str) -> InlineQuery:
    """Ask the bot for results; without a chat, as from a chat with somebody else."""
    require_alive(person)
    if not state.bot.inline:
        raise Impossible("the bot has no inline mode")
    number = state.number()
    made = InlineQuery(f"{person.id}{number:08d}", person, query[:256], offset, state.now())
    state.queries.append(made)
    person.known = True
    kind: str = chat.kind if chat is not None else "private"
    if chat is not None and kind == "private":
        kind = "sender"
    update: Payload = {
        "id": made.id,
        "from": person.user,
        "query": made.query,
        "offset": offset,
        "chat_type": kind,
    }
    state.emit("inline_query", update, person.id)
    return made


def choose(
    state: State,
    person: Person,
    query: InlineQuery,
    result: str | int,
    chat: Chat | None,
    thread: Topic | int | None,
) -> Message:
    """Post a result in the person's name, through the bot."""
    chosen = _pick(query, result)
    markup = chosen.get("reply_markup")
    content: Payload = {**chosen["content"], "via_bot": state.bot.user}
    message = write(state, person, chat, content, thread=thread, markup=markup)
    update: Payload = {
        "result_id": chosen["id"],
        "from": person.user,
        "query": query.query,
    }
    if markup is not None:
        message.inline_id = f"BAAAA{state.number():012d}"
        state.inline_messages[message.inline_id] = message
        update["inline_message_id"] = message.inline_id
    if state.bot.feedback:
        state.emit("chosen_inline_result", update, person.id)
    return message


def _pick(query: InlineQuery, result: str | int) -> Payload:
    if not query.answered:
        raise Impossible("the bot has not answered yet")
    for place, offered in enumerate(query.results):
        if result in (place, offered["id"], offered.get("title")):
            return offered
    raise Impossible(f"no result {result!r}; there is {query.titles}")
