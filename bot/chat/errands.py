"""What goes on beside the answers: errands after a press, never in anybody's way, and the parts
of the bot itself, without which it cannot live."""

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


def part(work: Coroutine[object, object, None], name: str) -> asyncio.Task[None]:
    """Have a part at work for as long as the bot lives. Should it die, the bot ends in order and
    by its error: whoever keeps the bot up starts it anew, and nobody is deaf without knowing."""
    owner = asyncio.current_task()

    def ended(task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        log.critical("A part of the bot died.", action="part died", part=name, exc_info=error)
        if owner is not None:
            owner.cancel()

    task = asyncio.create_task(work, name=name)
    task.add_done_callback(ended)
    return task
