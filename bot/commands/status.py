"""`briefing-bot status`: how the bot is, from itself or from what it left."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import asdict

import click

from bot.clock import SystemClock, micros
from bot.commands.entry import go, load_settings
from bot.config import Settings
from bot.control import NobodyThere, calling
from bot.errors import StoreError
from bot.newsroom.look import look, tell_look
from bot.reach import DIRECTLY, THROUGH, Fields
from bot.store.database import Database
from bot.store.folder import is_held
from bot.text import load_words

FRESH = 60.0
"""Seconds after which a bot that wrote no sign of life is not believed to run."""
SILENCE = 5.0


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
def status(as_json: bool) -> None:
    """Tell how the running bot is; end with 1 if it is not running."""
    settings = load_settings()
    told: Fields = {}

    async def work() -> None:
        told.update(await _ask(settings))

    go(work())
    click.echo(json.dumps(told) if as_json else "\n".join(_lines(told, settings)))
    sys.exit(0 if told["running"] else 1)


async def _ask(settings: Settings) -> Fields:
    """From the running bot; where none answers, by its signs of life and its database."""
    age = _age(settings)
    told: Fields = {"running": False, "last_alive_seconds": age}
    is_fresh = age is not None and age < FRESH
    try:
        async with calling(settings.state) as line:
            # It listens: one that does not answer hangs, and its signs of life tell since when.
            told["running"] = is_fresh
            seen = await line.ask("look", {}, timeout=SILENCE)
        return {**told, "running": True, "how": THROUGH, **seen}
    except NobodyThere:
        # Nobody listens yet where it is just starting; then it holds the state already.
        told["running"] = told["running"] or (is_fresh and is_held(settings.state) is True)
    with suppress(StoreError):
        database = await Database.glance(settings.database)
        try:
            seen_here = await look(database, micros(SystemClock().now()))
        finally:
            await database.close()
        lines = tell_look(seen_here, load_words())
        told |= {"how": DIRECTLY, **asdict(seen_here), "lines": lines}
    return told


def _age(settings: Settings) -> float | None:
    """Seconds since the last sign of life; None if there never was one."""
    with suppress(OSError):
        written = (settings.state / "last_alive").stat().st_mtime
        return max(0.0, SystemClock().now().timestamp() - written)
    return None


def _lines(told: Fields, settings: Settings) -> list[str]:
    age = told["last_alive_seconds"]
    sign = f"its last sign of life was {age:.0f} s ago" if isinstance(age, float) else ""
    if "sending" in told:
        lines = [
            f"Running as @{told['bot']}; sending: {told['sending']}.",
            f"Questions under way: {told['asked']}; dropped, since a flood: {told['dropped']}.",
        ]
    elif told["running"]:
        lines = [f"Running; {sign}. It does not answer the command line."]
    elif sign:
        lines = [f"Not running; {sign}."]
    else:
        lines = [f"Not running, and it never ran in {settings.state}."]
    found = told.get("lines")
    if isinstance(found, list):
        lines += [*found, f"Looked up {told['how']}."]
    return lines
