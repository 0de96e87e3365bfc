"""The command line against a real bot of its own process, and beside none; on both engines."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.config import Settings
from bot.control import NAME, calling
from bot.newsroom.lines import HEADER
from bot.reach import reaching
from bot.sandbox.rates import Rates
from bot.sandbox.server import serve
from bot.sandbox.world import World

ROOT = Path(__file__).parent.parent.parent
HEAD = ",".join(HEADER) + "\n"
STARTING = 60.0


@dataclass
class Place:
    """Where a bot lives: its settings, its state, its Telegram."""

    world: World
    state: Path
    environ: dict[str, str]

    async def run(self, *words: str) -> tuple[int, str, str]:
        """One command: its exit code, what it said, and what it complained of."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            cwd=ROOT,
            env=self.environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """A running bot; it is asked to end, and has to end well."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "run",
            cwd=ROOT,
            env=self.environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert process.stdout is not None
        try:
            line = await asyncio.wait_for(process.stdout.readline(), STARTING)
            assert b"is up" in line
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.communicate()
        assert process.returncode == 0

    def people(self, count: int, *more: str) -> list[int]:
        """So many readers who have started the bot, and a file in which they subscribe."""
        readers = [self.world.person(f"Reader {number}") for number in range(count)]
        for reader in readers:
            self.world.start(reader)
        rows = [f"{reader.id},,daily,,08:30,mon-fri,Asia/Almaty,en\n" for reader in readers]
        (self.state.parent / "readers.csv").write_text(HEAD + "".join((*rows, *more)), "utf-8")
        return [reader.id for reader in readers]

    async def until(self, met: Callable[[], bool]) -> None:
        """Wait until it is so; looked at whenever anything happens at Telegram."""
        changed = asyncio.Event()
        leave = self.world.watch(lambda _: changed.set())
        async with asyncio.timeout(STARTING):
            while not met():
                await changed.wait()
                changed.clear()
        leave()

    @property
    def file(self) -> str:
        return str(self.state.parent / "readers.csv")

    def had(self, number: int) -> int:
        """How many briefs this reader got."""
        return sum("Morning brief" in entry.text for entry in self.world.received(number))


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str:
    """BRIEFING_DATABASE_URL, once for each engine; empty means a file in the state folder."""
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else ""


@pytest.fixture
async def place(address: str, tmp_path: Path) -> AsyncIterator[Place]:
    world = World(time.time, rates=Rates(private=False, group=False, overall=False))
    telegram = await serve(world, host="127.0.0.1", port=0)
    environ = {name: value for name, value in os.environ.items() if "BRIEFING_" not in name}
    environ |= {
        "BRIEFING_TOKEN": world.token,
        "BRIEFING_API_URL": telegram.url,
        "BRIEFING_STATE": str(tmp_path / "state"),
        "BRIEFING_DATABASE_URL": address,
        "BRIEFING_LOG_LEVEL": "warning",
    }
    yield Place(world, tmp_path / "state", environ)
    await telegram.close()


async def test_commands_go_through_the_bot_that_runs(place: Place) -> None:
    readers = place.people(3, "x,,daily,,08:30,mon-fri,Asia/Almaty,en\n")
    async with place.bot() as process:
        code, out, err = await place.run("subscribers", "import", place.file)
        assert code == 1
        assert "3 new" in out
        assert "through the running bot" in out
        assert "readers.csv:5:chat_id: `x` is no chat" in err
        code, out, _ = await place.run("send", "daily")
        assert code == 0
        assert "1 bulletin" in out
        assert "3 of 3 sent" in out
        assert [place.had(reader) for reader in readers] == [1, 1, 1]
        code, out, _ = await place.run("status")
        assert code == 0
        assert "Running as @" in out
        assert "Questions under way: 0; dropped, since a flood: 0." in out
        assert "Subscriptions: daily 3" in out
        assert process.returncode is None
    assert not (place.state / NAME).exists()
    code, out, _ = await place.run("status")
    assert code == 1
    assert "Not running" in out
    assert "Looked up directly." in out


async def test_commands_work_while_no_bot_runs(place: Place) -> None:
    readers = place.people(2)
    code, out, _ = await place.run("subscribers", "import", place.file)
    assert (code, "directly" in out) == (0, True)
    async with reaching(Settings.load(place.environ), SystemClock()) as hand:
        assert hand.how == "directly"
        first = await hand.ask("send", {"edition": "daily"})
        stopped = await hand.ask("stop", {"occasion": str(first["occasion"])})
        assert stopped["line"] == "0 of 2 sent, 2 cancelled"
        second = await hand.ask("send", {"edition": "daily"})
        assert (await hand.ask("progress", second))["line"] == "0 of 2 sent, 2 to go"
    async with place.bot():
        await place.until(lambda: all(place.had(reader) for reader in readers))
    # The bot sends what was written down beside it, and nothing of what was stopped.
    assert [place.had(reader) for reader in readers] == [1, 1]


async def test_a_stopped_announcement_ends_within_a_second(place: Place) -> None:
    readers = place.people(80)
    async with place.bot(), calling(place.state) as line:
        rows = [
            (number, {"chat_id": str(reader), "edition": "daily", "timezone": "UTC"})
            for number, reader in enumerate(readers)
        ]
        assert (await line.ask("take", {"records": rows}))["added"] == 80
        owed = await line.ask("announce", {"text": "Hello", "key": "1"})
        await place.until(lambda: hellos(place) >= 20)
        begun = time.monotonic()
        done = await line.ask("stop", {"occasion": str(owed["occasion"])})
        took = time.monotonic() - begun
        arrived = hellos(place)
    # The bot has ended by now, and with it all that was on the wire.
    after = hellos(place) - arrived
    print(f"stopped in {took * 1000:.0f} ms; arrived after that: {after}; {done['line']}")
    assert took < 1
    assert after <= 3
    assert 20 <= hellos(place) < 60


def hellos(place: Place) -> int:
    return sum(entry.text == "Hello" for entry in place.world.ledger)
