"""An end comes to its end, even where something hangs."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HANGING = """
import asyncio, threading
from bot.commands import entry

entry.LONGEST_END = {seconds}

async def main():
    with entry.heeding() as told:
        await told.wait("up")
        print("told", flush=True)
        threading.Event().wait()

asyncio.run(main())
"""


@contextmanager
def hanging(seconds: float) -> Iterator[subprocess.Popen[str]]:
    """A command whose loop hangs once it was told to end."""
    words = [sys.executable, "-u", "-c", HANGING.format(seconds=seconds)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "told\n"
        try:
            yield process
        finally:
            process.kill()


def test_an_end_that_hangs_is_broken_off() -> None:
    with hanging(0.5) as process:
        assert process.wait(30) == 1


def test_whoever_says_it_twice_is_heard_at_once() -> None:
    with hanging(600) as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == -signal.SIGINT
