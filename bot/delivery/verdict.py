"""What an answer of Telegram's means for the message and for the chat: values, decided by a table.

Nothing here sleeps, writes or asks the time; the worker and the post obey what they are told.
The rules are rows of `REFUSALS`, read from top to bottom, first match wins. Whoever is dropped
stands in that closed list: a refusal that nobody knows costs one message and never a subscriber.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.delivery.transport import CallFailed, MaybeSent, NotSent, Refused

Scope = Literal["line", "call", "chat", "all"]
Ending = Literal["blocked", "gone", "strike", "dead"]
Part = Literal["thread", "reply", "keyboard"]

UNTOLD_WAIT = 5.0
"""Seconds after a 429 that names none: a proxy's, since Telegram's always does."""


@dataclass(frozen=True, slots=True)
class Sent:
    """It is there. `message_id` is None where nothing new appeared, as after an edit in vain."""

    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Not sent; again after `seconds`. `scope` tells who waits: this call, this chat, or all.

    line: there is no way to Telegram just now, which is for a breaker to judge.
    """

    seconds: float
    scope: Scope
    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The group became a supergroup: `tg_id` is its new id; send it there."""

    tg_id: int


@dataclass(frozen=True, slots=True)
class Plain:
    """The formatting was refused: once more as plain text, and then no more."""

    reason: str


@dataclass(frozen=True, slots=True)
class Without:
    """Once more without `part`: the topic, the message replied to, or the keyboard is no good."""

    part: Part
    reason: str


@dataclass(frozen=True, slots=True)
class Anew:
    """The message cannot be edited: send a new one instead."""

    reason: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Not sent, and not again. `ending` tells what becomes of the chat.

    blocked: it shut us out, and may let us in again; gone: it is no more; strike: counted, and
    paused when it keeps happening; dead: nothing, this one message is lost.
    """

    ending: Ending
    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It left, and nobody knows whether it arrived: held, listed, not repeated."""

    reason: str


@dataclass(frozen=True, slots=True)
class Halt:
    """The bot itself is not let in (token, server): all sending stops until an operator acts."""

    reason: str


Verdict = Sent | RetryAt | Moved | Plain | Without | Anew | GiveUp | Unknown | Halt


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: the HTTP code, and words found in the description, whatever their case."""

    code: int
    words: str
    verdict: Verdict

    def fits(self, code: int, description: str) -> bool:
        return code == self.code and re.search(self.words, description, re.IGNORECASE) is not None


REFUSALS: tuple[Row, ...] = (
    # The bot itself.
    Row(401, "", Halt("token refused")),
    Row(404, r"method not found|endpoint", GiveUp("dead", "unknown method")),
    Row(404, "", Halt("token or address refused")),
    Row(421, "", Halt("server serves other tokens")),
    Row(400, r"logged out", Halt("bot is logged out")),
    Row(409, "", RetryAt(3.0, "call", "another process polls")),
    # Nothing is wrong.
    Row(400, r"message is not modified", Sent()),
    Row(400, r"query is too old", Sent()),
    Row(400, r"message can't be deleted|message to delete not found", Sent()),
    # The chat has ended for us.
    Row(403, r"bot was blocked by the user", GiveUp("blocked", "blocked")),
    Row(403, r"can't initiate conversation", GiveUp("blocked", "not started")),
    Row(403, r"bot was kicked from the ", GiveUp("blocked", "kicked")),
    Row(403, r"bot is not a member of the ", GiveUp("blocked", "not a member")),
    Row(403, r"user is deactivated", GiveUp("gone", "deactivated")),
    Row(403, r"the group chat was deleted", GiveUp("gone", "deleted")),
    Row(403, r"can't send messages to (the )?bots?\b", GiveUp("gone", "a bot")),
    # The chat may come back: on 2023-10-31 Telegram said so to every channel bot by mistake.
    Row(
        400, r"chat not found|chat_id is empty|PEER_ID_INVALID", GiveUp("strike", "chat not found")
    ),
    Row(400, r"not enough rights to send", GiveUp("strike", "rights lost")),
    Row(400, r"need administrator rights in the", GiveUp("strike", "rights lost")),
    Row(400, r"have no write access", GiveUp("strike", "rights lost")),
    Row(400, r"CHAT_(WRITE|SEND_PLAIN)_FORBIDDEN", GiveUp("strike", "rights lost")),
    Row(400, r"CHAT_RESTRICTED", GiveUp("strike", "rights lost")),
    # The same again, with less.
    Row(400, r"message thread not found|TOPIC_DELETED", Without("thread", "topic gone")),
    Row(400, r"TOPIC_CLOSED", Without("thread", "topic closed")),
    Row(400, r"message to be replied not found", Without("reply", "question gone")),
    Row(400, r"can't parse (inline|reply) keyboard", Without("keyboard", "keyboard refused")),
    Row(400, r"BUTTON_\w+_INVALID|text buttons are", Without("keyboard", "keyboard refused")),
    Row(400, r"reply markup is too long", Without("keyboard", "keyboard too long")),
    Row(400, r"object expected as reply markup", Without("keyboard", "keyboard refused")),
    Row(400, r"can't parse (entities|MessageEntity)", Plain("formatting refused")),
    Row(400, r"unsupported parse_mode", Plain("formatting refused")),
    Row(400, r"ENTITIES_TOO_LONG", Plain("too many entities")),
    Row(400, r"(message|text|caption) is too long|(MESSAGE|CAPTION)_TOO_LONG", Plain("too long")),
    Row(400, r"text is empty|text must be non-empty", Plain("empty")),
    # The edit has nothing to edit.
    Row(400, r"message to edit not found|message can't be edited", Anew("not to be edited")),
    Row(400, r"there is no text in the message to edit", Anew("no text to edit")),
    # Mistakes of ours, and what cannot get better.
    Row(413, "", GiveUp("dead", "request too large")),
)


def judge(failure: CallFailed, *, private: bool = True, others_limited: bool = False) -> Verdict:
    """What to do about a call that failed.

    `private`: the chat is one person's; `others_limited`: another chat was told to wait in the
    last ten seconds. Either makes a 429 a matter of the whole bot (reliability.md 4.2).
    """
    if isinstance(failure, NotSent):
        return RetryAt(0.0, "line", str(failure))
    if not isinstance(failure, Refused):
        return Unknown(str(failure))
    if failure.migrate_to is not None:
        return Moved(failure.migrate_to)
    if failure.code == 429:
        wait = UNTOLD_WAIT if failure.retry_after is None else float(failure.retry_after)
        return RetryAt(wait, "all" if private or others_limited else "chat", "too many requests")
    if failure.code >= 500:
        # A 500 may follow a message that was sent: "sent message was immediately deleted".
        return Unknown(f"answered {failure.code}")
    for row in REFUSALS:
        if row.fits(failure.code, failure.description):
            return row.verdict
    return GiveUp("dead", f"refused: {failure.code} {failure.description}"[:200])


def accepted(result: object) -> Sent:
    """The success that `result` tells of: a Message with an id, or a bare True."""
    if isinstance(result, Mapping):
        number = result.get("message_id")
        if isinstance(number, int):
            return Sent(number)
    return Sent()


def translate(error: TelegramError) -> CallFailed:
    """An error of python-telegram-bot's in our words, so that both doors judge alike.

    Its texts have lost the code and "Bad Request: "; its NetworkError holds 5xx and 413 too.
    """
    if isinstance(error, CallFailed):
        return error
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        seconds = wait if isinstance(wait, int | float) else wait.total_seconds()
        return Refused(429, error.message, round(seconds))
    if isinstance(error, ChatMigrated):
        return Refused(400, error.message, migrate_to=error.new_chat_id)
    if isinstance(error, TimedOut):
        # Its pool timeout alone is certain: the request never got a connection.
        certain = error.message.startswith("Pool timeout")
        return NotSent(error.message) if certain else MaybeSent(error.message)
    for kind, code in _CODES:
        if isinstance(error, kind):
            return Refused(code, error.message)
    status = re.search(r"\b(413|421|429|5\d\d)\b|too large|Too Many Requests", error.message)
    if status is None:
        return MaybeSent(error.message)
    words = {"too large": 413, "Too Many Requests": 429}
    found = status.group()
    return Refused(words[found] if found in words else int(found), error.message)


_CODES: tuple[tuple[type[TelegramError], int], ...] = (
    (Forbidden, 403),
    (BadRequest, 400),
    (Conflict, 409),
    (InvalidToken, 401),
    (EndPointNotFound, 404),
)
