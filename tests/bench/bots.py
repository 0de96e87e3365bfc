"""Processes to measure: the pretend Telegram, a bare echo, and the real program, each on a core."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.sandbox.state import SANDBOX_BOT

ROOT = Path(__file__).resolve().parents[2]
CORES = sorted(os.sched_getaffinity(0))
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Running:
    """A process under measure."""

    pid: int

    @property
    def cpu(self) -> float:
        """Seconds of CPU that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory(self) -> float:
        """MB of its own that it holds in memory."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        kept = {line.split(":")[0]: line.split()[1] for line in lines[1:]}
        return (int(kept["Private_Clean"]) + int(kept["Private_Dirty"])) / 1024


@contextmanager
def process(
    words: Sequence[str], core: int, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A Python of ours on one core alone, where there is another for the rest."""

    with subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env
    ) as started:
        os.sched_setaffinity(started.pid, {CORES[core % len(CORES)]})
        try:
            yield started
        finally:
            started.kill()


@contextmanager
def town() -> Iterator[str]:
    """The pretend Telegram's address."""
    with process(["tests/bench/town.py", "0"], -1) as started:
        assert started.stdout is not None
        yield started.stdout.readline().strip()


def settings(url: str, state: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "BRIEFING_TOKEN": SANDBOX_BOT,
        "BRIEFING_API_URL": url,
        "BRIEFING_STATE": str(state),
        "BRIEFING_BRIEFINGS": str(ROOT / "briefings"),
        "BRIEFING_SEEDS": str(ROOT / "seeds"),
        "BRIEFING_LOG_LEVEL": "error",
    }


@asynccontextmanager
async def bot(
    session: aiohttp.ClientSession, words: Sequence[str], env: Mapping[str, str] | None = None
) -> AsyncIterator[tuple[Running, float]]:
    """A bot that has polled once, and the seconds from its start to that poll."""
    before = await polls(session)
    began = time.monotonic()
    with process(words, 0, env) as started:
        while await polls(session) == before:
            assert started.poll() is None, "the bot ended by itself"
            assert time.monotonic() - began < 60
        yield Running(started.pid), time.monotonic() - began


async def polls(session: aiohttp.ClientSession) -> int:
    async with session.get("/bench/answered") as response:
        seen = await response.json()
    return int(seen["polls"])
