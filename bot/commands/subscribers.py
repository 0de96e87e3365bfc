"""`briefing-bot subscribers`: moved in and out by files."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click

from bot.clock import SystemClock
from bot.commands.entry import go, load_settings
from bot.newsroom.lines import Form, Record, Wrong, form_of, read_lines
from bot.newsroom.roster import BATCH
from bot.reach import Fields, Hand, reaching

MOST_CHARACTERS = 400_000
"""Of one batch, so that it is a line that the running bot takes."""
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl"]),
    help="What the file is; else its ending says so.",
)


@click.group()
def subscribers() -> None:
    """Move subscribers in and out, as CSV or JSON lines."""


@subscribers.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@FORMAT
def take_in(file: Path, form: str | None) -> None:
    """Take subscribers from FILE. A second time changes nothing.

    Lines that are wrong are named and passed over, the others kept; the command then ends with 1.
    """
    settings = load_settings()
    counts: Counter[str] = Counter()
    size = file.stat().st_size

    async def work() -> None:
        kind = _form(form, file)
        async with reaching(settings, SystemClock()) as hand:
            with (
                file.open(encoding="utf-8", errors="replace") as lines,
                click.progressbar(
                    length=size, label=f"Importing {file.name}", file=sys.stderr
                ) as bar,
            ):
                read = _Read(lines)
                for batch in _batches(read, kind, counts, file):
                    await _take(hand, batch, counts, file)
                    bar.update(read.taken())
            _report(counts, hand.how)

    go(work())
    sys.exit(1 if counts["wrong"] else 0)


@subscribers.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@FORMAT
def give_out(file: Path, form: str | None) -> None:
    """Write all subscribers to FILE, or to the screen for -.

    JSON lines keep everything. CSV keeps what its columns name, of those who can be reached.
    """
    settings = load_settings()

    async def work() -> None:
        kind: Form = "csv" if str(file) == "-" and form is None else _form(form, file)
        async with reaching(settings, SystemClock()) as hand:
            if str(file) == "-":
                done = await _give(hand, kind, sys.stdout)
            else:
                draft = file.with_name(f"{file.name}.new")
                # Who reads what is nobody else's business.
                handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
                    done = await _give(hand, kind, out)
                draft.replace(file)
            click.echo(f"Lines: {done['lines']:,}. Chats: {done['chats']:,}.", err=True)
            click.echo(f"Written {hand.how}.", err=True)

    go(work())


def _form(form: str | None, file: Path) -> Form:
    if form is None:
        return form_of(file)
    return "csv" if form == "csv" else "jsonl"


class _Read:
    """The file's lines, and how many characters were read since the last look."""

    def __init__(self, lines: TextIO) -> None:
        self._lines = lines
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._size += len(line.encode())
            yield line

    def taken(self) -> int:
        size, self._size = self._size, 0
        return size


def _batches(
    lines: _Read, form: Form, counts: Counter[str], file: Path
) -> Iterator[list[tuple[int, object]]]:
    """What can be read, some hundred lines at a time; what cannot is told at once."""
    batch: list[tuple[int, object]] = []
    size = 0
    for item in read_lines(lines, form):
        match item:
            case Wrong():
                _pass_over(item, counts, file)
            case Record(line, columns):
                batch.append((line, columns))
                size += sum(len(str(value)) + len(name) + 8 for name, value in columns.items())
        if len(batch) >= BATCH or size > MOST_CHARACTERS:
            yield batch
            batch, size = [], 0
    yield batch


def _pass_over(wrong: Wrong, counts: Counter[str], file: Path) -> None:
    counts["wrong"] += 1
    click.echo(f"{file.name}:{wrong}", err=True)


async def _take(
    hand: Hand, batch: list[tuple[int, object]], counts: Counter[str], file: Path
) -> None:
    if not batch:
        return
    taken = await hand.ask("take", {"records": batch})
    for name in ("added", "changed", "same", "left", "new_chats", "changed_chats"):
        counts[name] += int(str(taken[name]))
    passed = taken["wrong"]
    if isinstance(passed, list | tuple):
        for wrong in passed:
            _pass_over(Wrong(**wrong), counts, file)


def _report(counts: Counter[str], how: str) -> None:
    told = [
        f"{counts['added']:,} new",
        f"{counts['changed']:,} changed",
        f"{counts['same']:,} as they were",
    ]
    if counts["left"]:
        told.append(f"{counts['left']:,} left alone, since they were ended here")
    click.echo(f"Subscriptions: {', '.join(told)}.")
    click.echo(f"Chats: {counts['new_chats']:,} new, {counts['changed_chats']:,} changed.")
    if counts["wrong"]:
        click.echo(f"Passed over: {counts['wrong']:,}, named above.")
    click.echo(f"Done {how}.")


async def _give(hand: Hand, form: Form, out: TextIO) -> Fields:
    with click.progressbar(length=1, label="Exporting", file=sys.stderr) as bar:

        def hear(event: Fields) -> None:
            lines = event["lines"]
            if isinstance(lines, list):
                out.writelines(lines)
            bar.length = max(1, int(str(event["total"])))
            bar.update(int(str(event["chats"])))

        return await hand.ask("give", {"form": form}, hear)
