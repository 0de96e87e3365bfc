"""The socket: who may reach it, what it carries, and how it begins and ends."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.control import GUESTS, LONGEST, NAME, Control, Fields, NobodyThere, Tell, calling
from bot.errors import BriefingError


async def echo(name: str, given: Fields, tell: Tell) -> Fields:
    """Counts aloud to `to`, refuses `no`, fails for `fail`."""
    if name == "no":
        raise BriefingError("Not today.")
    if name == "fail":
        raise ZeroDivisionError
    for number in range(int(str(given.get("to", 0)))):
        await tell({"number": number})
    return {"name": name, **given}


@asynccontextmanager
async def listening(state: Path) -> AsyncIterator[Control]:
    control = Control(state, echo)
    assert await control.start()
    try:
        yield control
    finally:
        await control.stop()


async def test_a_request_is_answered_after_its_events(tmp_path: Path) -> None:
    heard: list[Fields] = []
    async with listening(tmp_path), calling(tmp_path) as line:
        assert await line.ask("count", {"to": 3}, heard.append) == {"name": "count", "to": 3}
        assert heard == [{"number": 0}, {"number": 1}, {"number": 2}]
        assert await line.ask("again", {}) == {"name": "again"}


async def test_only_the_owner_reaches_the_socket(tmp_path: Path) -> None:
    async with listening(tmp_path):
        mode = (tmp_path / NAME).stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600


async def test_the_socket_is_gone_when_the_bot_is(tmp_path: Path) -> None:
    async with listening(tmp_path):
        pass
    assert not (tmp_path / NAME).exists()
    with pytest.raises(NobodyThere):
        async with calling(tmp_path):
            pass


async def test_a_socket_that_a_dead_process_left_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / NAME))
    with pytest.raises(NobodyThere):
        async with calling(tmp_path):
            pass
    async with listening(tmp_path), calling(tmp_path) as line:
        assert await line.ask("there", {}) == {"name": "there"}


async def test_a_second_process_leaves_the_first_its_socket(tmp_path: Path) -> None:
    async with listening(tmp_path):
        second = Control(tmp_path, echo)
        assert not await second.start()
        await second.stop()
        async with calling(tmp_path) as line:
            assert await line.ask("first", {}) == {"name": "first"}


async def test_a_folder_with_a_long_path_is_reached_too(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    async with listening(deep), calling(deep) as line:
        assert await line.ask("deep", {}) == {"name": "deep"}
        assert stat.S_IMODE((deep / NAME).stat().st_mode) == 0o600


async def test_a_refusal_is_told_in_the_bots_words(tmp_path: Path) -> None:
    async with listening(tmp_path), calling(tmp_path) as line:
        with pytest.raises(BriefingError, match=r"Not today\."):
            await line.ask("no", {})


async def test_a_failure_of_ours_ends_neither_the_line_nor_the_bot(tmp_path: Path) -> None:
    async with listening(tmp_path), calling(tmp_path) as line:
        with pytest.raises(BriefingError, match="our own code"):
            await line.ask("fail", {})
        assert await line.ask("on", {}) == {"name": "on"}


@pytest.mark.parametrize(
    "asked",
    [b"hello", b"[]", b'{"do": 1}', b'{"do": "x", "with": 3}', b"[" * 100_000, b"\xff\xfe"],
    ids=["words", "list", "number", "no object", "nested", "bytes"],
)
async def test_what_is_no_request_is_refused(tmp_path: Path, asked: bytes) -> None:
    async with listening(tmp_path):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / NAME))
        writer.write(asked + b"\n")
        answer = json.loads(await reader.readline())
        writer.close()
        await writer.wait_closed()
    assert "no request" in answer["refused"]


async def test_a_line_that_never_ends_is_hung_up_on(tmp_path: Path) -> None:
    async with listening(tmp_path):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / NAME))
        writer.write(b"x" * (3 * LONGEST))
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        async with calling(tmp_path) as line:
            assert await line.ask("next", {}) == {"name": "next"}


async def test_too_much_for_one_request_is_not_even_sent(tmp_path: Path) -> None:
    async with listening(tmp_path), calling(tmp_path) as line:
        with pytest.raises(BriefingError, match="too much"):
            await line.ask("big", {"text": "x" * LONGEST})


async def test_more_callers_than_there_is_room_for_are_asked_to_come_again(tmp_path: Path) -> None:
    async with listening(tmp_path):
        lines = [
            await asyncio.open_unix_connection(str(tmp_path / NAME)) for _ in range(GUESTS + 1)
        ]
        answer = json.loads(await lines[-1][0].readline())
        for _, writer in lines:
            writer.close()
    assert "at once" in answer["refused"]


async def test_what_was_begun_is_finished_though_the_caller_hangs_up(tmp_path: Path) -> None:
    begun, go_on, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(_: str, __: Fields, tell: Tell) -> Fields:
        begun.set()
        await go_on.wait()
        await tell({"number": 1})
        done.set()
        return {}

    control = Control(tmp_path, slow)
    await control.start()
    _, writer = await asyncio.open_unix_connection(str(tmp_path / NAME))
    writer.write(b'{"do": "slow"}\n')
    await begun.wait()
    writer.close()
    await writer.wait_closed()
    go_on.set()
    await asyncio.wait_for(done.wait(), 5)
    await control.stop()


async def test_a_silent_bot_is_given_up(tmp_path: Path) -> None:
    never = asyncio.Event()

    async def mute(_: str, __: Fields, ___: Tell) -> Fields:
        await never.wait()
        return {}

    control = Control(tmp_path, mute)
    await control.start()
    async with calling(tmp_path) as line:
        with pytest.raises(NobodyThere, match="does not answer"):
            await line.ask("anything", {}, timeout=0.05)
    never.set()
    await control.stop()
