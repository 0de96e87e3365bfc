"""`briefing-bot send`, `announce`, `stop`, `deliveries`: what goes out by an operator's word."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from datetime import UTC
from typing import TextIO

import click

from bot.clock import SystemClock, moment
from bot.commands.entry import go, load_settings
from bot.errors import BriefingError
from bot.reach import THROUGH, Fields, Hand, reaching

LOOK = 0.5
"""Seconds between two looks at the progress."""
WAIT = click.option(
    "--no-wait", is_flag=True, help="Do not watch it going out; the bot sends all the same."
)


@click.command()
@click.argument("edition")
@click.option("--to", type=int, metavar="CHAT", help="Only this chat, by its number.")
@click.option("--dry-run", is_flag=True, help="Tell who would receive what, and send nothing.")
@WAIT
def send(edition: str, to: int | None, dry_run: bool, no_wait: bool) -> None:
    """Send EDITION now, to all its subscribers or to one chat.

    An occasion of its own: the hours that readers chose come all the same.
    """
    settings = load_settings()

    async def work() -> None:
        async with reaching(settings, SystemClock()) as hand:
            planned = await hand.ask("plan", {"edition": edition, "to": to})
            click.echo(str(planned["report"]))
            if dry_run:
                click.echo("Nothing was sent. Run without --dry-run to send.")
                return
            sent = await _owe(hand, "send", {"edition": edition, "to": to}, planned)
            await _follow(hand, _number(sent, "occasion"), no_wait)

    go(work())


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--yes", is_flag=True, help="Send without asking.")
@WAIT
def announce(file: TextIO, yes: bool, no_wait: bool) -> None:
    """Send the text of FILE (or of - ) to every subscriber, after a preview.

    An empty line parts paragraphs, a line that begins with # is a heading, one with - a point.
    """
    settings = load_settings()
    text = file.read()

    async def work() -> None:
        async with reaching(settings, SystemClock()) as hand:
            shown = await hand.ask("preview", {"text": text})
            messages = shown["messages"]
            if isinstance(messages, list):
                click.echo(("\n" + "-" * 40 + "\n").join(messages))
            click.echo("-" * 40)
            click.echo(str(shown["report"]))
            reached = _number(shown, "reached")
            if not yes and not click.confirm(
                f"Send it to {reached:,} {'chat' if reached == 1 else 'chats'}?", err=True
            ):
                click.echo("Nothing was sent.")
                return
            given: Fields = {"text": text, "key": secrets.token_hex(8)}
            sent = await _owe(hand, "announce", given, shown)
            await _follow(hand, _number(sent, "occasion"), no_wait)

    go(work())


@click.command()
@click.argument("occasion", required=False)
def stop(occasion: str | None) -> None:
    """End OCCASION in the middle: what has not left is cancelled. Without one, list them."""
    settings = load_settings()

    async def work() -> None:
        async with reaching(settings, SystemClock()) as hand:
            if occasion is None:
                await _list(hand)
                return
            done = await hand.ask("stop", {"occasion": occasion})
            click.echo(f"Stopped {done['occasion_id']}: {done['line']}.")
            click.echo(f"Done {hand.how}.")

    go(work())


@click.group()
def deliveries() -> None:
    """Look after single deliveries."""


@deliveries.command()
@click.option("--resend", "answer", flag_value="resend", help="Send all of them once more.")
@click.option("--close", "answer", flag_value="close", help="Let them rest as they are.")
def unknown(answer: str | None) -> None:
    """List deliveries of which nobody knows whether they arrived; or settle them all."""
    settings = load_settings()

    async def work() -> None:
        async with reaching(settings, SystemClock()) as hand:
            if answer is not None:
                done = await hand.ask("settle", {"answer": answer})
                what = "Resent" if answer == "resend" else "Closed"
                click.echo(f"{what}: {_number(done, 'settled'):,}. Done {hand.how}.")
                return
            count = after = 0
            while rows := await _page(hand, after):
                for row in rows:
                    click.echo(_line(row))
                count += len(rows)
                after = _number(rows[-1], "id")
            click.echo(f"Unknown: {count:,}, looked up {hand.how}.", err=True)

    go(work())


async def _page(hand: Hand, after: int) -> list[Fields]:
    rows = (await hand.ask("doubts", {"after": after}))["deliveries"]
    return rows if isinstance(rows, list) else []


def _line(row: Fields) -> str:
    since = moment(_number(row, "since")).astimezone(UTC)
    topic = f" topic {row['thread_id']}" if row["thread_id"] else ""
    what = row["edition"] or row["occasion_key"]
    return (
        f"{row['id']}  chat {row['tg_id']}{topic}  {what}  occasion {row['occasion_id']}  "
        f"since {since:%Y-%m-%d %H:%M} UTC  {row['error']}"
    )


async def _list(hand: Hand) -> None:
    found = (await hand.ask("under way", {}))["occasions"]
    if not isinstance(found, list) or not found:
        click.echo(f"Nothing is under way; looked up {hand.how}.")
        return
    for done in found:
        click.echo(f"{done['occasion_id']}  {done['edition'] or done['kind']}  {done['line']}")


# --- writing down, and watching it go ------------------------------------------------------


async def _owe(hand: Hand, name: str, given: Fields, planned: Fields) -> Fields:
    """Have it written down, with a bar that counts the chats."""
    total = _number(planned, "reached")
    with click.progressbar(length=max(1, total), label="Writing it down", file=sys.stderr) as bar:

        def hear(event: Fields) -> None:
            bar.update(max(0, _number(event, "owed") - bar.pos))

        sent = await hand.ask(name, given, hear)
        bar.update(max(0, bar.length or 0) - bar.pos)
    click.echo(f"Occasion {sent['occasion']}, {hand.how}.")
    return sent


async def _follow(hand: Hand, occasion: int, no_wait: bool) -> None:
    """Watch until all that can leave has left; Ctrl-C asks whether to stop it."""
    done = await hand.ask("progress", {"occasion": occasion})
    hint = f"`briefing-bot stop {occasion}` ends it."
    if hand.how != THROUGH:
        click.echo(f"{done['line']}. It goes out as soon as a bot runs. {hint}")
        return
    if no_wait:
        click.echo(f"{done['line']}. {hint}")
        return
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, told.set)
    try:
        done = await _watch(hand, occasion, told)
    finally:
        loop.remove_signal_handler(signal.SIGINT)
    if told.is_set() and not done["is_done"]:
        if sys.stdin.isatty() and click.confirm("\nStop what has not left yet?", err=True):
            done = await hand.ask("stop", {"occasion": str(occasion)})
        else:
            click.echo(f"It goes on. {hint}", err=True)
    click.echo(f"Occasion {occasion}: {done['line']}.")


async def _watch(hand: Hand, occasion: int, told: asyncio.Event) -> Fields:
    done = await hand.ask("progress", {"occasion": occasion})
    going = _number(done, "total") - _number(done, "held")
    with click.progressbar(length=max(1, going), label="Sending", file=sys.stderr) as bar:
        while True:
            ended = _number(done, "total") - _number(done, "left")
            bar.update(max(0, ended - bar.pos))
            if done["is_done"] or done["state"] != "open" or told.is_set():
                return done
            try:
                await asyncio.wait_for(told.wait(), LOOK)
            except TimeoutError:
                done = await hand.ask("progress", {"occasion": occasion})


def _number(given: Fields, name: str) -> int:
    value = given.get(name)
    if not isinstance(value, int):
        raise BriefingError("The running bot is of another release; its answer is not understood.")
    return value
