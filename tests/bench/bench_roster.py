"""How long 100,000 subscribers take to move in, again, and out; on both engines."""

from __future__ import annotations

import io
import resource
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.newsroom.lines import HEADER, Record, read_lines
from bot.newsroom.office import Office
from bot.newsroom.roster import BATCH, give, take
from bot.newsroom.send import send
from bot.store.database import Database
from tests.newsroom.desk import MONDAY, Desk
from tests.operate.conftest import (
    database,
    emptied_url,
    office_of,
    postgres_server,
    shared_url,
    sqlite_template,
    sqlite_url,
    url,
)

__all__ = [
    "database",
    "emptied_url",
    "postgres_server",
    "shared_url",
    "sqlite_template",
    "sqlite_url",
    "url",
]

LINES = 100_000
ZONES = ("Asia/Almaty", "Europe/Istanbul", "UTC", "Asia/Yerevan")


def batches(text: str) -> Iterator[list[Record]]:
    found = (one for one in read_lines(io.StringIO(text), "csv") if isinstance(one, Record))
    while batch := list(islice(found, BATCH)):
        yield batch


async def bring(office: Office, text: str) -> tuple[Counter[str], float, float]:
    """Counts, seconds, and the longest that one batch took (ms)."""
    counts: Counter[str] = Counter()
    longest, begun = 0.0, time.perf_counter()
    for batch in batches(text):
        since = time.perf_counter()
        taken = await take(office, batch)
        longest = max(longest, time.perf_counter() - since)
        counts.update(added=taken.added, same=taken.same, changed=taken.changed)
    return counts, time.perf_counter() - begun, longest * 1000


@pytest.mark.bench
async def test_a_hundred_thousand_lines_move_in_and_out(tmp_path: Path, database: Database) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    desk = Desk(folder, ManualClock(MONDAY), database)
    await desk.publisher.accept()
    office = office_of(desk)
    text = ",".join(HEADER) + "\n"
    text += "".join(
        f"{number},,daily,,{number % 24:02d}:{number % 4 * 15:02d},mon-fri,{ZONES[number % 4]},en\n"
        for number in range(1, LINES + 1)
    )
    first, took, longest = await bring(office, text)
    again, took_again, _ = await bring(office, text)
    begun = time.perf_counter()
    lines = sum([len(lines) async for _, lines in give(office, "csv")]) - 1
    out = time.perf_counter() - begun
    begun = time.perf_counter()
    sent = await send(office, "daily")
    fan = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{database.version}: import {LINES:,} lines {took:.1f} s (longest batch "
        f"{longest:.0f} ms), again {took_again:.1f} s, export {out:.1f} s, send to all written "
        f"down in {fan:.1f} s, {memory:.0f} MB"
    )
    assert (first["added"], again["same"], lines, sent.owed) == (LINES,) * 4
    assert (again["added"], again["changed"]) == (0, 0)
