"""How every command begins and ends: the settings, the loop, and errors as sentences."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Coroutine
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


async def until_told(ready: str) -> None:
    """Say that we are up, and wait for Ctrl-C or SIGTERM."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    # Said once we can be told: whoever waits for this line may end us by its very sight.
    click.echo(ready)
    await told.wait()
    _bound_the_end(loop)


def _bound_the_end(loop: asyncio.AbstractEventLoop) -> None:
    """What does not come to its end is broken off: when its time is over, or when told again.

    No worse than a crash, after which nothing is lost and nothing owed is sent twice.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(number)
        # The system's own way works in a loop that hangs, too.
        signal.signal(number, signal.SIG_DFL)
    timer = threading.Timer(LONGEST_END, _break_off)
    timer.daemon = True
    timer.start()


def _break_off() -> None:
    log.critical("The end takes too long and is broken off.", action="broken off")
    os._exit(1)
