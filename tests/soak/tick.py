"""One round of the newsroom in a process of its own, which kills itself at a step of it.

    python -m tests.soak.tick URL FOLDER STEP TIMES

It ends by SIGKILL when it passes STEP for the TIMESth time; without a STEP it makes its round.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.clock import ManualClock
from bot.store.database import Database
from tests.newsroom.desk import Desk

HOUR = datetime(2025, 11, 24, 3, tzinfo=UTC)
"""08:00 in Almaty."""
CHUNK = 3


async def main(url: str, folder: Path, step: str, times: int) -> None:
    left = times

    def die(passed: str) -> None:
        nonlocal left
        left -= passed == step
        if passed == step and left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    database = await Database.open(url, state=folder)
    desk = Desk(folder, ManualClock(HOUR), database)
    await desk.restart(die, CHUNK)
    await desk.rounds.tick()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
