"""What goes on after a press was answered: ended with the bot, and never in anybody's way."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from bot import telemetry

log = telemetry.logger(__name__)


class Errands:
    """Runs them side by side. One that fails is written down, and concerns nobody else."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[object, object, None], name: str) -> None:
        task = asyncio.create_task(_run(work, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """End them where they are: each is of a kind that can be taken up again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _run(work: Coroutine[object, object, None], name: str) -> None:
    [result] = await asyncio.gather(work, return_exceptions=True)
    if isinstance(result, Exception):
        log.error("An errand was broken off.", action="errand", name=name, exc_info=result)
