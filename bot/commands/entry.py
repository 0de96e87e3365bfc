"""How every command begins and ends: the settings, the loop, and errors as sentences."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
import uvloop

from bot import telemetry
from bot.config import Settings
from bot.content import report
from bot.errors import (
    BriefingError,
    ConfigError,
    ContentError,
    StateInUse,
    StoreAway,
    StoreFull,
    TelegramAway,
)

PASSING = (TelegramAway, StoreAway, StoreFull, StateInUse)
"""What may be gone at the next start: ends with 1, and whoever keeps the bot up tries again."""

log = telemetry.logger(__name__)


def load_settings(*, needs_token: bool = False) -> Settings:
    """The settings, or all that is wrong with them and exit 2."""
    try:
        settings = Settings.load(needs_token=needs_token)
    except ConfigError as error:
        refuse(error)
    telemetry.setup(settings.log, settings.log_level, settings.secrets)
    return settings


def refuse(error: BriefingError) -> NoReturn:
    """Say what is wrong, a line each, and end: with 2 where only a change of settings helps."""
    if isinstance(error, ContentError):
        for problem in error.problems:
            click.echo(report.explain(problem), err=True)
        click.echo("Nothing was published; the bot did not start.", err=True)
        sys.exit(1)
    for line in str(error).splitlines():
        click.echo(line, err=True)
    sys.exit(1 if isinstance(error, PASSING) else 2)


ENDS = (signal.SIGINT, signal.SIGTERM)
LONGEST_END = 28.0
"""Seconds that an end may take; service managers kill after thirty."""
ROUND = 10_000
"""New objects after which the collector makes a round; Python's 700 is for small programs."""


def go(work: Coroutine[object, object, None]) -> None:
    """Run a command to its end."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work)
    except BriefingError as error:
        refuse(error)


def spare_memory() -> None:
    """Leave out of the collector's rounds what is there to stay: the library, the code.

    Its rounds through all of that took a fifth of the time of an answer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(ROUND)


class Told:
    """Ctrl-C or SIGTERM, heard from the first moment: answers may leave before we are up."""

    def __init__(self, task: asyncio.Task[object]) -> None:
        self._task = task
        self._told = asyncio.Event()
        self._is_up = False

    def __bool__(self) -> bool:
        return self._told.is_set()

    async def wait(self, ready: str) -> None:
        """Say that we are up, and wait to be told."""
        self._is_up = True
        # Said once we can be told: whoever waits for this line may end us by its very sight.
        click.echo(ready)
        await self._told.wait()

    def hear(self) -> None:
        """Told for the first time: what starts is broken off in order, what is up ends."""
        _bound_the_end()
        self._told.set()
        if not self._is_up:
            self._task.cancel()


@contextmanager
def heeding() -> Iterator[Told]:
    """For a command that stays up: the block ends in order when told, even while it starts."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    told = Told(task)
    for number in ENDS:
        loop.add_signal_handler(number, told.hear)
    try:
        yield told
    except asyncio.CancelledError:
        if not told:
            raise
        task.uncancel()


def _bound_the_end() -> None:
    """What does not come to its end is broken off: when its time is over, or when told again.

    No worse than a crash, after which nothing is lost and nothing owed is sent twice.
    """
    loop = asyncio.get_running_loop()
    for number in ENDS:
        loop.remove_signal_handler(number)
        # The system's own way works in a loop that hangs, too.
        signal.signal(number, signal.SIG_DFL)
    timer = threading.Timer(LONGEST_END, _break_off)
    timer.daemon = True
    timer.start()


def _break_off() -> None:
    log.critical("The end takes too long and is broken off.", action="broken off")
    os._exit(1)
