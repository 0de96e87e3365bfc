"""The command line: `briefing-bot COMMAND`. Errors are sentences, and exit 2 is a wrong setting."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from bot import __version__
from bot.app import running
from bot.clock import SystemClock
from bot.commands.entry import go, heeding, load_settings, spare_memory
from bot.commands.send import announce, deliveries, send, stop
from bot.commands.status import status
from bot.commands.subscribers import subscribers
from bot.content import report, schema
from bot.content.loader import load
from bot.demo import showing
from bot.errors import ConfigError
from bot.preview import serve_preview
from bot.render.views.catalog import check_views
from bot.store import ballast
from bot.text import load_words


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="briefing-bot")
def main() -> None:
    """A Telegram briefing assistant: pre-written dossiers, every figure with its source."""


@main.command()
def run() -> None:
    """Start the bot on Telegram, or on the server of BRIEFING_API_URL."""
    settings = load_settings(needs_token=True)

    async def work() -> None:
        with heeding() as told:
            async with running(settings, SystemClock()) as app:
                spare_memory()
                if app.database.path is not None:
                    await asyncio.to_thread(ballast.keep, settings.state)
                await told.wait(
                    f"@{app.bot_name} is up, revision {app.publisher.number}. Ctrl-C ends it."
                )
                click.echo("Ending: what is on its way is finished first.")

    go(work())


@main.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port of the page; else the first free."
)
def demo(port: int | None) -> None:
    """Start the same bot on a built-in sandbox of Telegram, with a chat page in the browser."""
    settings = load_settings(needs_token=False)

    async def work() -> None:
        with heeding() as told:
            async with showing(settings, port) as (_, url):
                await told.wait(
                    f"Open {url} in a browser. Nothing leaves this machine. Ctrl-C ends it."
                )

    go(work())


@main.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How problems are written.",
)
def check(form: report.Format) -> None:
    """Read all dossiers and source cards; name every mistake by file, line, column and remedy."""
    settings = load_settings(needs_token=False)
    loaded = load(settings.briefings, settings.seeds)
    if loaded.library is not None:
        loaded = loaded.with_problems(
            check_views(
                loaded.library, load_words(), SystemClock().now().date(), settings.briefings.name
            )
        )
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
    settings = load_settings(needs_token=False)
    for path in schema.write_files(to or settings.briefings / "schema"):
        click.echo(path)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8081, help="Port of the page.")
def preview(port: int) -> None:
    """Open a page that shows each message as the reader will see it, and reloads on saving."""
    settings = load_settings(needs_token=False)

    async def work() -> None:
        with heeding() as told:
            try:
                page = await serve_preview(
                    settings.briefings, settings.seeds, port=port, clock=SystemClock()
                )
            except OSError as error:
                said = f"Port {port} is taken; choose another with --port."
                raise ConfigError((said,)) from error
            await told.wait(f"Open {page.url} in a browser. Ctrl-C ends it.")
            await page.close()

    go(work())


for command in (send, announce, stop, deliveries, subscribers, status):
    main.add_command(command)


if __name__ == "__main__":
    main()
