"""The table of refusals: telegram.md 2.2 and reliability.md 4.2, row by row."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import telegram.error
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.transport import CallFailed, MaybeSent, NotSent, Refused
from bot.delivery.verdict import (
    REFUSALS,
    UNTOLD_WAIT,
    Anew,
    GiveUp,
    Halt,
    Moved,
    Plain,
    RetryAt,
    Scope,
    Sent,
    Unknown,
    Verdict,
    Without,
    accepted,
    judge,
    translate,
)


@pytest.fixture(autouse=True)
def _timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """As PtbRequest sets it; else a wait surfaces as a deprecation warning."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)
POLLED = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
    "running"
)
UPGRADED = "Bad Request: group chat was upgraded to a supergroup chat"
KEYBOARD_TEXT = "Bad Request: text buttons are unallowed in the inline keyboard"
NO_START = "Forbidden: bot can't initiate conversation with a user"

TABLE: list[tuple[int, str, type[Verdict], str]] = [
    (400, "Bad Request: message text is empty", Plain, ""),
    (400, "Bad Request: text must be non-empty", Plain, ""),
    (400, "Bad Request: text is too long", Plain, ""),
    (400, "Bad Request: message is too long", Plain, ""),
    (400, "Bad Request: MESSAGE_TOO_LONG", Plain, ""),
    (400, "Bad Request: message caption is too long", Plain, ""),
    (400, "Bad Request: MEDIA_CAPTION_TOO_LONG", Plain, ""),
    (400, "Bad Request: ENTITIES_TOO_LONG", Plain, ""),
    (400, 'Bad Request: can\'t parse entities: Unsupported start tag "x"', Plain, ""),
    (400, "Bad Request: can't parse entities: Unclosed end tag at byte offset 7", Plain, ""),
    (400, "Bad Request: unsupported parse_mode", Plain, ""),
    (400, "Bad Request: can't parse MessageEntity: no offset", Plain, ""),
    (400, "Bad Request: strings must be encoded in UTF-8", GiveUp, "dead"),
    (400, SAME, Sent, ""),
    (400, "Bad Request: message to edit not found", Anew, ""),
    (400, "Bad Request: message to delete not found", Sent, ""),
    (400, "Bad Request: message to be replied not found", Without, "reply"),
    (400, "Bad Request: message to react not found", GiveUp, "dead"),
    (400, "Bad Request: message can't be edited", Anew, ""),
    (400, "Bad Request: there is no text in the message to edit", Anew, ""),
    (400, "Bad Request: message can't be deleted", Sent, ""),
    (400, "Bad Request: BUTTON_DATA_INVALID", Without, "keyboard"),
    (400, "Bad Request: BUTTON_URL_INVALID", Without, "keyboard"),
    (400, "Bad Request: BUTTON_TYPE_INVALID", Without, "keyboard"),
    (400, "Bad Request: BUTTON_COPY_TEXT_INVALID", Without, "keyboard"),
    (400, KEYBOARD_TEXT, Without, "keyboard"),
    (400, "Bad Request: can't parse inline keyboard button: no text", Without, "keyboard"),
    (400, "Bad Request: can't parse reply keyboard markup JSON object", Without, "keyboard"),
    (400, "Bad Request: object expected as reply markup", Without, "keyboard"),
    (400, "Bad Request: reply markup is too long", Without, "keyboard"),
    (400, "Bad Request: query is too old and response timeout expired", Sent, ""),
    (400, "Bad Request: chat not found", GiveUp, "strike"),
    (400, "Bad Request: chat_id is empty", GiveUp, "strike"),
    (400, "Bad Request: private chat not found", GiveUp, "strike"),
    (400, "Bad Request: PEER_ID_INVALID", GiveUp, "strike"),
    (400, "Bad Request: message thread not found", Without, "thread"),
    (400, "Bad Request: TOPIC_CLOSED", Without, "thread"),
    (400, "Bad Request: TOPIC_DELETED", Without, "thread"),
    (400, "Bad Request: not enough rights to send text messages to the chat", GiveUp, "strike"),
    (400, "Bad Request: not enough rights to send photos to the chat", GiveUp, "strike"),
    (400, "Bad Request: need administrator rights in the channel chat", GiveUp, "strike"),
    (400, "Bad Request: have no write access to the chat", GiveUp, "strike"),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", GiveUp, "strike"),
    (400, "Bad Request: CHAT_RESTRICTED", GiveUp, "strike"),
    (400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN", GiveUp, "strike"),
    (400, "Bad Request: wrong file identifier/HTTP URL specified", GiveUp, "dead"),
    (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", GiveUp, "dead"),
    (400, "Bad Request: file is too big", GiveUp, "dead"),
    (400, "Bad Request: BOT_COMMAND_INVALID", GiveUp, "dead"),
    (400, "Bad Request: too many inline query results specified", GiveUp, "dead"),
    (400, "Bad Request: REACTION_INVALID", GiveUp, "dead"),
    (400, "Bad Request: bad webhook: An HTTPS URL must be provided", GiveUp, "dead"),
    (400, "Bad Request: Logged out", Halt, ""),
    (401, "Unauthorized", Halt, ""),
    (401, "Unauthorized: invalid token specified", Halt, ""),
    (403, "Forbidden: bot was blocked by the user", GiveUp, "blocked"),
    (403, "Forbidden: user is deactivated", GiveUp, "gone"),
    (403, NO_START, GiveUp, "blocked"),
    (403, "Forbidden: bot can't send messages to bots", GiveUp, "gone"),
    (403, "Forbidden: the bot can't send messages to the bot", GiveUp, "gone"),
    (403, "Forbidden: bot was kicked from the group chat", GiveUp, "blocked"),
    (403, "Forbidden: bot was kicked from the supergroup chat", GiveUp, "blocked"),
    (403, "Forbidden: bot was kicked from the channel chat", GiveUp, "blocked"),
    (403, "Forbidden: bot is not a member of the supergroup chat", GiveUp, "blocked"),
    (403, "Forbidden: the group chat was deleted", GiveUp, "gone"),
    (404, "Not Found", Halt, ""),
    (404, "Not Found: method not found", GiveUp, "dead"),
    (409, POLLED, RetryAt, "call"),
    (413, "Request Entity Too Large", GiveUp, "dead"),
    (421, "Misdirected Request: unallowed token specified", Halt, ""),
    (500, "Internal Server Error: restart", Unknown, ""),
    (500, "Internal Server Error: sent message was immediately deleted", Unknown, ""),
    (502, "no Telegram answer", Unknown, ""),
    (503, "no Telegram answer", Unknown, ""),
    (504, "no Telegram answer", Unknown, ""),
]


def detail(verdict: Verdict) -> str:
    match verdict:
        case GiveUp(ending=word) | Without(part=word) | RetryAt(scope=word):
            return word
    return ""


@pytest.mark.parametrize(("code", "words", "kind", "more"), TABLE, ids=[row[1] for row in TABLE])
def test_each_refusal_has_its_verdict(
    code: int, words: str, kind: type[Verdict], more: str
) -> None:
    verdict = judge(Refused(code, words))
    assert isinstance(verdict, kind)
    assert detail(verdict) == more


def test_each_rule_of_the_table_is_reached_by_some_known_refusal() -> None:
    reached = {
        next(row for row in REFUSALS if row.fits(code, words))
        for code, words, *_ in TABLE
        if any(row.fits(code, words) for row in REFUSALS)
    }
    assert [row for row in REFUSALS if row not in reached] == []


@given(
    st.sampled_from([400, 403]),
    st.text(max_size=60).filter(
        lambda words: not any(row.fits(code, words) for row in REFUSALS for code in (400, 403))
    ),
)
def test_an_unknown_refusal_costs_one_delivery_and_never_a_subscriber(
    code: int, words: str
) -> None:
    verdict = judge(Refused(code, words))
    assert isinstance(verdict, GiveUp)
    assert verdict.ending == "dead"


def test_who_is_dropped_stands_in_a_closed_list() -> None:
    dropping = {
        row.verdict.reason
        for row in REFUSALS
        if isinstance(row.verdict, GiveUp) and row.verdict.ending in {"blocked", "gone"}
    }
    assert dropping == {
        "blocked", "not started", "kicked", "not a member", "deactivated", "deleted", "a bot",
    }  # fmt: skip
    assert all(
        row.code == 403
        for row in REFUSALS
        if isinstance(row.verdict, GiveUp) and row.verdict.ending in {"blocked", "gone"}
    )


def test_a_group_that_moved_is_written_to_at_its_new_number() -> None:
    assert judge(Refused(400, UPGRADED, migrate_to=-1005)) == Moved(-1005)


@pytest.mark.parametrize(
    ("private", "others", "scope"),
    [(True, False, "all"), (False, False, "chat"), (False, True, "all"), (True, True, "all")],
)
def test_a_wait_is_for_a_group_alone_or_for_all(private: bool, others: bool, scope: Scope) -> None:
    refused = Refused(429, "Too Many Requests: retry after 35", retry_after=35)
    verdict = judge(refused, private=private, others_limited=others)
    assert verdict == RetryAt(35.0, scope, "too many requests")


def test_a_wait_that_names_no_time_is_short() -> None:
    verdict = judge(Refused(429, "Too Many Requests"), private=False)
    assert verdict == RetryAt(UNTOLD_WAIT, "chat", "too many requests")


def test_what_was_not_sent_is_tried_again_and_what_may_have_been_is_held() -> None:
    assert isinstance(judge(NotSent("not sent: ConnectionRefusedError")), RetryAt)
    assert isinstance(judge(MaybeSent("no answer: TimeoutError")), Unknown)


@pytest.mark.parametrize(
    ("result", "number"),
    [({"message_id": 7, "chat": {}}, 7), (True, None), ([1], None), ({"message_id": "7"}, None)],
)
def test_success_tells_the_message_if_there_is_one(result: object, number: int | None) -> None:
    assert accepted(result) == Sent(number)


def errors_of_ptb() -> list[telegram.error.TelegramError]:
    made: dict[type, tuple[Any, ...]] = {
        telegram.error.RetryAfter: (5,),
        telegram.error.ChatMigrated: (-1005,),
    }
    kinds = [
        kind
        for _, kind in inspect.getmembers(telegram.error, inspect.isclass)
        if issubclass(kind, telegram.error.TelegramError)
    ]
    return [kind(*made.get(kind, ("words",))) for kind in kinds]


def test_every_error_of_python_telegram_bot_has_a_class_of_ours() -> None:
    classes = {type(error).__name__: translate(error) for error in errors_of_ptb()}
    assert {name: type(failure).__name__ for name, failure in classes.items()} == {
        "BadRequest": "Refused",
        "ChatMigrated": "Refused",
        "Conflict": "Refused",
        "EndPointNotFound": "Refused",
        "Forbidden": "Refused",
        "InvalidToken": "Refused",
        "NetworkError": "MaybeSent",
        "PassportDecryptionError": "MaybeSent",
        "RetryAfter": "Refused",
        "TelegramError": "MaybeSent",
        "TimedOut": "MaybeSent",
    }


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (partial(telegram.error.RetryAfter, 9), RetryAt(9.0, "all", "too many requests")),
        (partial(telegram.error.ChatMigrated, -1005), Moved(-1005)),
        (
            partial(telegram.error.Forbidden, "Forbidden: bot was blocked by the user"),
            GiveUp("blocked", "blocked"),
        ),
        (
            partial(telegram.error.BadRequest, "Bad Request: MESSAGE_TOO_LONG"),
            Plain("too long"),
        ),
        (
            partial(telegram.error.BadRequest, "Message thread not found"),
            Without("thread", "topic gone"),
        ),
        (partial(telegram.error.InvalidToken, "Unauthorized"), Halt("token refused")),
        (
            partial(
                telegram.error.NetworkError, "Bad Gateway (502). Parsing the server response failed"
            ),
            Unknown("answered 502"),
        ),
        (
            partial(telegram.error.NetworkError, "Request Entity Too Large (413)"),
            GiveUp("dead", "request too large"),
        ),
        (
            partial(telegram.error.NetworkError, "Too Many Requests"),
            RetryAt(UNTOLD_WAIT, "all", "too many requests"),
        ),
    ],
)
def test_an_error_of_python_telegram_bot_is_judged_as_the_raw_answer(
    error: Callable[[], telegram.error.TelegramError], verdict: Verdict
) -> None:
    assert judge(translate(error())) == verdict


def test_a_pool_timeout_is_certain_and_other_timeouts_are_not() -> None:
    pool = telegram.error.TimedOut("Pool timeout: All connections are occupied.")
    assert isinstance(translate(pool), NotSent)
    assert isinstance(translate(telegram.error.TimedOut()), MaybeSent)


@pytest.mark.parametrize("failure", [NotSent("x"), MaybeSent("x"), Refused(400, "x")])
def test_our_own_errors_are_translated_to_themselves(failure: CallFailed) -> None:
    if isinstance(failure, telegram.error.TelegramError):
        assert translate(failure) is failure
    assert isinstance(failure, CallFailed)
