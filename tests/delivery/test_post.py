"""The askers' door: what is repeated, what is not, and who waits how long."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime

import pytest

from bot.clock import ManualClock, settle
from bot.delivery.pace import Pacer
from bot.delivery.post import Post
from bot.delivery.transport import Files, MaybeSent, NotSent, Params, Refused, Wire
from bot.delivery.verdict import GiveUp, RetryAt, Sent, Unknown

ADA, BEN, CLUB = 7, 8, -1001
OK: object = {"message_id": 5}


def no(code: int, description: str, **parameters: int) -> tuple[int, bytes]:
    answer = {"ok": False, "error_code": code, "description": description}
    return code, json.dumps({**answer, "parameters": parameters}).encode()


class Canned:
    """A carrier that answers from a list: a result, a refusal, or an error."""

    def __init__(self, *answers: object) -> None:
        self._answers: Iterator[object] = iter(answers)
        self.calls: list[tuple[str, dict[str, object]]] = []

    async def post(
        self, method: str, params: Params, files: Files | None, timeout: float
    ) -> tuple[int, bytes]:
        self.calls.append((method, dict(params)))
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, tuple):
            status, body = answer
            return status, body
        return 200, json.dumps({"ok": True, "result": answer}).encode()

    async def close(self) -> None: ...


class Desk:
    """A post over canned answers, on a clock that is moved by hand."""

    def __init__(self, *answers: object) -> None:
        self.clock = ManualClock(datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
        self.carrier = Canned(*answers)
        self.pacer = Pacer(self.clock)
        self.moves: list[tuple[int, int]] = []
        self.post = Post(Wire(self.carrier), self.pacer, self.clock, moved=self._moved)

    async def _moved(self, old: int, new: int) -> None:
        self.moves.append((old, new))

    async def finish(self, work: asyncio.Future[object], seconds: float) -> object:
        """Let so many seconds pass in small steps; the work must end within them."""
        passed = 0.0
        while not work.done() and passed < seconds:
            await self.clock.advance(0.05)
            passed += 0.05
        await settle()
        assert work.done()
        return await work

    @property
    def params(self) -> list[dict[str, object]]:
        return [params for _, params in self.carrier.calls]


def start(work: Awaitable[object]) -> asyncio.Future[object]:
    return asyncio.ensure_future(work)


async def test_an_answer_goes_out_at_once() -> None:
    desk = Desk(OK)
    assert await desk.post.answer(ADA, {"text": "x"}) == OK
    assert desk.carrier.calls == [("sendMessage", {"text": "x", "chat_id": ADA})]


async def test_what_was_not_sent_is_repeated_a_little() -> None:
    desk = Desk(ConnectionRefusedError(), ConnectionRefusedError(), OK)
    assert await desk.finish(start(desk.post.answer(ADA, {"text": "x"})), 5.0) == OK
    desk = Desk(*[ConnectionRefusedError()] * 3)
    with pytest.raises(NotSent):
        await desk.finish(start(desk.post.answer(ADA, {"text": "x"})), 5.0)


async def test_what_may_have_arrived_is_not_sent_again() -> None:
    desk = Desk(ConnectionResetError(), OK)
    with pytest.raises(MaybeSent):
        await desk.post.answer(ADA, {"text": "x"})
    assert len(desk.carrier.calls) == 1


async def test_an_edit_that_may_have_arrived_is_made_again() -> None:
    desk = Desk(ConnectionResetError(), TimeoutError(), OK)
    edit = desk.post.edit(ADA, {"message_id": 5, "text": "x"})
    assert await desk.finish(start(edit), 5.0) == OK


async def test_an_edit_that_changes_nothing_is_a_success() -> None:
    desk = Desk(no(400, "Bad Request: message is not modified: specified new ..."))
    assert await desk.post.edit(ADA, {"message_id": 5, "text": "x"}) is True


async def test_a_short_wait_of_ones_own_chat_is_waited_for() -> None:
    desk = Desk(no(429, "Too Many Requests: retry after 2", retry_after=2), OK)
    work = start(desk.post.answer(CLUB, {"text": "x"}))
    await settle()
    await desk.clock.advance(1.9)
    assert not work.done()
    assert await desk.finish(work, 1.0) == OK


async def test_a_long_wait_is_told() -> None:
    desk = Desk(no(429, "Too Many Requests: retry after 35", retry_after=35))
    with pytest.raises(Refused) as told:
        await desk.post.answer(CLUB, {"text": "x"})
    assert told.value.retry_after == 35
    with pytest.raises(Refused) as told:
        await desk.post.answer(CLUB, {"text": "x"})
    assert told.value.retry_after == 35
    assert len(desk.carrier.calls) == 1


async def test_one_groups_wait_does_not_concern_others() -> None:
    desk = Desk(no(429, "Too Many Requests: retry after 35", retry_after=35), OK)
    with pytest.raises(Refused):
        await desk.post.answer(CLUB, {"text": "x"})
    assert await desk.post.answer(ADA, {"text": "x"}) == OK


async def test_a_wait_told_to_all_stops_one_whose_turn_was_granted() -> None:
    desk = Desk(OK)
    for _ in range(3):
        desk.pacer.ask(ADA)
    work = start(desk.post.answer(ADA, {"text": "x"}))
    await settle()
    desk.pacer.hold_all(2.0)
    await desk.clock.advance(1.5)
    assert desk.carrier.calls == []
    assert await desk.finish(work, 1.0) == OK


async def test_refused_formatting_is_answered_as_plain_text_once() -> None:
    bad = no(400, "Bad Request: can't parse entities: Unclosed start tag")
    desk = Desk(bad, OK)
    sent = {"text": "<b>x", "parse_mode": "HTML", "reply_markup": {"inline_keyboard": []}}
    assert await desk.post.answer(ADA, sent, plain="x") == OK
    assert desk.params[1] == {
        "text": "x", "chat_id": ADA, "reply_markup": {"inline_keyboard": []},
    }  # fmt: skip
    desk = Desk(bad, bad)
    with pytest.raises(Refused):
        await desk.post.answer(ADA, sent, plain="x")
    desk = Desk(bad)
    with pytest.raises(Refused):
        await desk.post.answer(ADA, sent)


async def test_a_topic_or_question_that_is_gone_is_left_out() -> None:
    desk = Desk(
        no(400, "Bad Request: message thread not found"),
        no(400, "Bad Request: message to be replied not found"),
        OK,
    )
    sent = {"text": "x", "message_thread_id": 3, "reply_parameters": {"message_id": 9}}
    assert await desk.post.answer(CLUB, sent) == OK
    assert desk.params[2] == {"text": "x", "chat_id": CLUB}


async def test_a_group_that_moved_is_answered_at_its_new_number() -> None:
    upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
    desk = Desk(no(400, upgraded, migrate_to_chat_id=-1009), OK)
    assert await desk.post.answer(CLUB, {"text": "x"}) == OK
    assert desk.moves == [(CLUB, -1009)]
    assert [params["chat_id"] for params in desk.params] == [CLUB, -1009]


async def test_a_group_that_moves_in_circles_is_given_up() -> None:
    away = no(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009)
    back = no(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=CLUB)
    desk = Desk(away, back, OK)
    with pytest.raises(Refused):
        await desk.post.answer(CLUB, {"text": "x"})


@pytest.mark.parametrize(
    "words", ["Forbidden: bot was blocked by the user", "Forbidden: something new"]
)
async def test_a_lasting_refusal_is_told_as_it_is(words: str) -> None:
    desk = Desk(no(403, words))
    with pytest.raises(Refused, match=words):
        await desk.post.answer(ADA, {"text": "x"})


async def test_other_calls_know_no_chats_pace() -> None:
    desk = Desk(*[True] * 50)
    for _ in range(50):
        assert await desk.post.call("answerCallbackQuery", {"callback_query_id": "1"}) is True


async def test_an_answer_to_an_old_press_is_no_error() -> None:
    desk = Desk(no(400, "Bad Request: query is too old and response timeout expired"))
    assert await desk.post.call("answerCallbackQuery", {"callback_query_id": "1"}) is True


async def test_other_calls_wait_shortly_and_no_longer() -> None:
    slow = no(429, "Too Many Requests: retry after 1", retry_after=1)
    desk = Desk(slow, ConnectionRefusedError(), OK)
    assert await desk.finish(start(desk.post.call("getMe")), 5.0) == OK
    desk = Desk(no(429, "Too Many Requests: retry after 9", retry_after=9))
    with pytest.raises(Refused):
        await desk.post.call("getMe")
    desk = Desk(*[ConnectionRefusedError()] * 3)
    with pytest.raises(NotSent):
        await desk.finish(start(desk.post.call("getMe")), 5.0)


async def test_what_is_owed_is_sent_once_and_judged() -> None:
    desk = Desk(OK, ConnectionResetError(), ConnectionRefusedError(), no(403, "Forbidden: new"))
    verdicts = [await desk.post.owed(ADA, {"chat_id": ADA, "text": "x"}) for _ in range(4)]
    assert verdicts[0] == Sent(5)
    assert [type(verdict) for verdict in verdicts[1:]] == [Unknown, RetryAt, GiveUp]
    assert len(desk.carrier.calls) == 4


async def test_one_who_asks_during_a_broadcast_does_not_wait() -> None:
    desk = Desk(*[OK] * 20)
    for chat in range(100, 200):
        desk.post.turn(chat)
    before = desk.clock.monotonic()
    await desk.post.answer(BEN, {"text": "x"})
    assert desk.clock.monotonic() == before
    assert desk.post.spent() == 1
