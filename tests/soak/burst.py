"""A burst of questions to the real program, which is killed while it answers; and what came of it.

The program runs as a process of its own against the pretend Telegram of this one, whose ledger
knows what truly arrived, whatever the program believes.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from bot.sandbox.server import Running, serve
from bot.sandbox.world import World
from bot.store.database import Database

ROOT = Path(__file__).resolve().parents[2]
ANSWER = "Middle Corridor"
PATIENCE = 900.0
"""Seconds; what a process on PostgreSQL left, the next takes over after half a minute."""


@dataclass
class Burst:
    """One crowd, one program. `at_risk` are those whose answer had left when the program died
    before it could write that down: they may be answered once more."""

    world: World
    server: Running
    settings: dict[str, str]
    database: str
    log: Path
    process: Process | None = None
    kills: int = 0
    at_risk: Counter[int] = field(default_factory=Counter)
    before: Counter[int] = field(default_factory=Counter)
    """The answers that had arrived when the program was started last."""
    people: set[int] = field(default_factory=set)
    """Who asked, by Telegram's ids."""

    def ask(self, count: int) -> None:
        """That many people ask, each in their own chat."""
        crowd = [self.world.person(f"Reader {number}") for number in range(count)]
        for person in crowd:
            self.world.start(person)
        self.world.updates.pending.clear()
        for person in crowd:
            self.world.say(person, "/corridor")
        self.people = {person.id for person in crowd}

    def answers(self) -> Counter[int]:
        """The answers that truly arrived, by chat."""
        return Counter(
            entry.chat_id
            for entry in self.world.ledger
            if entry.act == "sent" and entry.text.startswith(ANSWER)
        )

    @property
    def unanswered(self) -> set[int]:
        return self.people - self.answers().keys()

    @property
    def doubled(self) -> set[int]:
        return {chat for chat, number in self.answers().items() if number > 1}

    async def start(self) -> None:
        """Start the program."""
        self.before = self.answers()
        command = [sys.executable, "-m", "bot", "run"]
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command, env=self.settings, cwd=ROOT, stdout=DEVNULL, stderr=log
            )

    async def until(self, answers: int) -> bool:
        """Wait until so many have arrived in all; False if all are answered before."""
        end = time.monotonic() + PATIENCE
        while self.sent < answers:
            if self.sent >= len(self.people) and not self.unanswered:
                return False
            assert self.process is not None
            assert self.process.returncode is None, self.log.read_text()
            assert time.monotonic() < end, f"{self.sent} answers after {PATIENCE} s"
            await asyncio.sleep(0.002)
        return True

    async def through(self) -> None:
        """Wait until all are answered, and that is written down."""
        end = time.monotonic() + PATIENCE
        while self.unanswered or await self.waiting():
            assert time.monotonic() < end, f"{len(self.unanswered)} without answer"
            await asyncio.sleep(0.1)

    @property
    def sent(self) -> int:
        return self.world.calls.get("sendMessage", 0)

    async def kill(self) -> None:
        """SIGKILL; then note whose answer had left and was not yet written down as given."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()
        self.kills += 1
        # What it had given to the socket arrives all the same.
        seen = -1
        while seen != self.sent:
            seen = self.sent
            await asyncio.sleep(0.05)
        answered = self.answers() - self.before
        self.at_risk.update(answered.keys() & await self.waiting())

    async def end(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Tell it to end; how many seconds it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        await asyncio.wait_for(self.process.wait(), PATIENCE)
        return time.monotonic() - began

    async def waiting(self) -> set[object]:
        """The chats whose question is not yet written down as answered."""
        rows = await self.rows("SELECT chat_id FROM inbox WHERE state = 'new'")
        return {chat for (chat,) in rows}

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        database = await Database.glance(self.database)
        try:
            async with database.read() as conn:
                return [tuple(row) for row in await conn.execute(text(query))]
        finally:
            await database.close()


@asynccontextmanager
async def burst(
    folder: Path, database: str | None = None, *, hook: bool = False
) -> AsyncIterator[Burst]:
    """The crowd's Telegram, listening; the program is started by the test."""
    world = World(now=time.time, seed=1)
    world.rates.off()
    server = await serve(world)
    state = folder / "state"
    settings = {
        "PATH": os.environ["PATH"],
        "BRIEFING_TOKEN": world.token,
        "BRIEFING_API_URL": server.url,
        "BRIEFING_STATE": str(state),
        "BRIEFING_BRIEFINGS": str(ROOT / "briefings"),
        "BRIEFING_SEEDS": str(ROOT / "seeds"),
        "BRIEFING_LOG_LEVEL": "error",
    }
    if database is not None:
        settings["BRIEFING_DATABASE_URL"] = database
    if hook:
        at = f"127.0.0.1:{_free_port()}"
        settings |= {
            "BRIEFING_WEBHOOK_URL": f"http://{at}/hook",
            "BRIEFING_WEBHOOK_SECRET": "a-secret-of-this-test",
            "BRIEFING_LISTEN": at,
        }
    made = Burst(
        world, server, settings, database or str(state / "briefing.sqlite"), folder / "log"
    )
    try:
        yield made
    finally:
        if made.process is not None and made.process.returncode is None:
            made.process.kill()
            await made.process.wait()
        await server.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
