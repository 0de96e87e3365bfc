"""What goes wrong on purpose, and what the ledger says of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from bot.clock import settle
from bot.sandbox.faults import (
    Fault,
    broken_json,
    flood,
    hang,
    lose_answer,
    refusal,
    refuse,
    reset,
    slow,
    status,
    too_many,
)
from bot.sandbox.transport import InProcess
from tests.sandbox.house import House


class Sender:
    """Sends to Ada through a carrier."""

    def __init__(self) -> None:
        self.house = House()
        self.ada = self.house.started()
        self.carrier = InProcess(self.house, sleep=self.house.clock.sleep)

    async def send(self, timeout: float = 20.0) -> tuple[int, bytes]:
        params = {"chat_id": self.ada.id, "text": "x"}
        return await self.carrier.post("sendMessage", params, None, timeout)

    @property
    def received(self) -> int:
        return len(self.house.received(self.ada.id))


async def test_a_call_without_a_fault_is_answered_and_kept_in_the_ledger() -> None:
    sender = Sender()
    code, body = await sender.send()
    assert code == 200
    entry = sender.house.ledger[0]
    assert entry.message_id == json.loads(body)["result"]["message_id"]
    assert (entry.act, entry.chat_id, entry.text) == ("sent", sender.ada.id, "x")
    assert entry.at == sender.house.now()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (too_many(35), 429),
        (status(502), 502),
        (refusal(403, "Forbidden: bot was blocked by the user"), 403),
        (flood(2_000_000), 200),
    ],
)
async def test_an_answer_made_up_means_that_nothing_was_done(fault: Fault, code: int) -> None:
    sender = Sender()
    sender.house.faults.add(fault)
    found, body = await sender.send()
    assert found == code
    assert sender.received == 0
    if code == 429:
        assert json.loads(body)["parameters"] == {"retry_after": 35}
    if code == 502:
        assert body.startswith(b"<html>")
    assert (await sender.send())[0] == 200


@pytest.mark.parametrize(
    ("make", "error", "done"),
    [
        (refuse, ConnectionRefusedError, 0),
        (reset, ConnectionResetError, 0),
        (lose_answer, ConnectionResetError, 1),
    ],
)
async def test_a_connection_breaks_before_or_after_the_work(
    make: Callable[[], Fault], error: type[Exception], done: int
) -> None:
    sender = Sender()
    sender.house.faults.add(make())
    with pytest.raises(error):
        await sender.send()
    assert sender.received == done


async def test_silence_ends_with_the_callers_own_timeout() -> None:
    sender = Sender()
    sender.house.faults.add(hang())
    call = asyncio.ensure_future(sender.send(timeout=20.0))
    await settle()
    await sender.house.clock.advance(19)
    assert not call.done()
    await sender.house.clock.advance(1)
    with pytest.raises(TimeoutError):
        call.result()
    assert sender.received == 0


async def test_a_slow_answer_comes_or_comes_too_late_but_the_work_is_done() -> None:
    sender = Sender()
    sender.house.faults.add(slow(5), times=2)
    call = asyncio.ensure_future(sender.send())
    await settle()
    await sender.house.clock.advance(5)
    assert call.result()[0] == 200
    late = asyncio.ensure_future(sender.send(timeout=4))
    await settle()
    await sender.house.clock.advance(4)
    with pytest.raises(TimeoutError):
        late.result()
    assert sender.received == 2


async def test_broken_json_comes_with_a_200_after_the_work() -> None:
    sender = Sender()
    sender.house.faults.add(broken_json())
    code, body = await sender.send()
    assert code == 200
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(body)
    assert sender.received == 1


async def test_a_script_can_be_for_one_method_and_one_chat_and_skip_some() -> None:
    sender = Sender()
    house = sender.house
    zoe = house.started("Zoe")
    script = house.faults.add(status(500), method="sendmessage", chat=zoe.id, skip=1, times=2)
    assert (await sender.send())[0] == 200
    assert (await sender.carrier.post("getMe", {}, None, 5))[0] == 200
    found = [
        (await sender.carrier.post("sendMessage", {"chat_id": zoe.id, "text": "x"}, None, 5))[0]
        for _ in range(5)
    ]
    assert found == [200, 500, 500, 200, 200]
    assert script.hits == 2


async def test_a_script_goes_on_until_it_is_stopped() -> None:
    sender = Sender()
    script = sender.house.faults.add(status(503), times=None)
    assert [(await sender.send())[0] for _ in range(3)] == [503] * 3
    script.stop()
    assert (await sender.send())[0] == 200


async def test_chances_fall_the_same_way_each_time() -> None:
    async def run() -> list[int]:
        sender = Sender()
        sender.house.faults.add(status(502), chance=0.3)
        return [(await sender.send())[0] for _ in range(100)]

    first, second = await run(), await run()
    assert first == second
    assert 15 < first.count(502) < 45


async def test_a_closed_carrier_carries_nothing() -> None:
    sender = Sender()
    await sender.carrier.close()
    with pytest.raises(ConnectionRefusedError):
        await sender.send()


async def test_a_call_given_up_leaves_nothing_behind() -> None:
    sender = Sender()
    sender.house.faults.add(hang())
    call = asyncio.ensure_future(sender.send())
    await settle()
    call.cancel()
    await settle()
    assert call.cancelled()
    assert (await sender.send())[0] == 200


async def test_the_ledger_can_be_left_out_and_old_messages_forgotten() -> None:
    house = House(ledger=False, history=10)
    ada = house.started()
    for number in range(50):
        house.ask("sendMessage", chat_id=ada.id, text=str(number))
    assert house.ledger == []
    assert [message.text for message in house.sees(ada)] == [str(n) for n in range(40, 50)]
