"""The command line: `briefing-bot COMMAND`. Errors are sentences, and exit 2 is a wrong setting."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path

import click

from bot import __version__, telemetry
from bot.app import running
from bot.clock import SystemClock
from bot.config import Settings
from bot.content import report, schema
from bot.content.loader import load
from bot.demo import showing
from bot.errors import BriefingError, ConfigError, ContentError
from bot.preview import serve_preview
from bot.render.views.catalog import check_views
from bot.store.database import is_held

FRESH = 60.0
"""Seconds after which a bot that wrote no sign of life is not believed to run."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="briefing-bot")
def main() -> None:
    """A Telegram briefing assistant: pre-written dossiers, every figure with its source."""


def _settings(*, needs_token: bool) -> Settings:
    """The settings, or all that is wrong with them and exit 2."""
    try:
        settings = Settings.load(needs_token=needs_token)
    except ConfigError as error:
        _refuse(error)
    telemetry.setup(settings.log, settings.log_level, settings.secrets)
    return settings


def _refuse(error: BriefingError) -> None:
    """Say what is wrong, a line each, and end."""
    if isinstance(error, ContentError):
        for problem in error.problems:
            click.echo(report.explain(problem), err=True)
        click.echo("Nothing was published; the bot did not start.", err=True)
        sys.exit(1)
    for line in str(error).splitlines():
        click.echo(line, err=True)
    sys.exit(2)


def _go(work: Coroutine[object, object, None]) -> None:
    try:
        asyncio.run(work)
    except BriefingError as error:
        _refuse(error)


async def _until_told() -> None:
    """Wait for Ctrl-C or SIGTERM."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await told.wait()


@main.command()
def run() -> None:
    """Start the bot on Telegram, or on the server of BRIEFING_API_URL."""
    settings = _settings(needs_token=True)

    async def work() -> None:
        async with running(settings, SystemClock()) as app:
            click.echo(f"@{app.bot_name} is up, revision {app.publisher.number}. Ctrl-C ends it.")
            await _until_told()
            click.echo("Ending: what is on its way is finished first.")

    _go(work())


@main.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port of the page; else the first free."
)
def demo(port: int | None) -> None:
    """Start the same bot on a built-in sandbox of Telegram, with a chat page in the browser."""
    settings = _settings(needs_token=False)

    async def work() -> None:
        async with showing(settings, port) as (_, url):
            click.echo(f"Open {url} in a browser. Nothing leaves this machine. Ctrl-C ends it.")
            await _until_told()

    _go(work())


@main.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How problems are written.",
)
def check(form: str) -> None:
    """Read all dossiers and source cards; name every mistake by file, line, column and remedy."""
    settings = _settings(needs_token=False)
    loaded = load(settings.briefings, settings.seeds)
    if loaded.library is not None:
        loaded = loaded.with_problems(check_views(loaded.library))
    click.echo(report.write(loaded, form, Path.cwd()))
    sys.exit(1 if loaded.errors else 0)


@main.command("schema")
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to; else `schema` beside the dossiers.",
)
def write_schema(to: Path | None) -> None:
    """Write the JSON Schema of the YAML files, for completion in an editor."""
    settings = _settings(needs_token=False)
    for path in schema.write_files(to or settings.briefings / "schema"):
        click.echo(path)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8081, help="Port of the page.")
def preview(port: int) -> None:
    """Open a page that shows each message as the reader will see it, and reloads on saving."""
    settings = _settings(needs_token=False)

    async def work() -> None:
        try:
            page = await serve_preview(
                settings.briefings, settings.seeds, port=port, clock=SystemClock()
            )
        except OSError as error:
            said = f"Port {port} is taken; choose another with --port."
            raise ConfigError((said,)) from error
        click.echo(f"Open {page.url} in a browser. Ctrl-C ends it.")
        await _until_told()
        await page.close()

    _go(work())


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
def status(as_json: bool) -> None:
    """Tell how the running bot is; end with 1 if it is not running."""
    settings = _settings(needs_token=False)
    age = None
    with suppress(OSError):
        age = max(
            0.0, SystemClock().now().timestamp() - (settings.state / "last_alive").stat().st_mtime
        )
    held = is_held(settings.state)
    is_up = age is not None and age < FRESH and held is not False
    if as_json:
        click.echo(json.dumps({"running": is_up, "last_alive_seconds": age}))
    elif is_up:
        click.echo(f"Running; its last sign of life was {age:.0f} s ago.")
    elif age is None:
        click.echo(f"Not running, and it never ran in {settings.state}.")
    else:
        click.echo(f"Not running; its last sign of life was {age:.0f} s ago.")
    sys.exit(0 if is_up else 1)


if __name__ == "__main__":
    main()
