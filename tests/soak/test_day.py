"""O4: a day of hours, one after another, beside a million subscriptions."""

from __future__ import annotations

import resource
import secrets
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.clock import ManualClock, micros
from bot.store import deliveries
from bot.store.database import Database
from bot.store.deliveries import Outcome
from tests.newsroom.desk import MONDAY, Desk
from tests.store.conftest import Place, command

MEGABYTE = 1 << 20
HOURS = 24
QUARTER = HOURS // 4
BATCH = 100
FIRST = 1_000
"""The chats of the crowd have the numbers after it; those who open the cohorts have less."""

CHATS = """
INSERT INTO chats (tg_id, kind, created_at, updated_at)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :number)
SELECT :first + i, 'private', :now, :now FROM n
"""

# The first of them are spread over the hours of the day, all others wait for another day.
WISHES = """
INSERT INTO subscriptions
  (chat_id, edition, cohort_id, minute, days, zone, since, created_at, updated_at)
SELECT c.id, 'daily', h.id, h.minute, h.days, h.zone, :now, :now, :now
FROM chats c JOIN cohorts h ON CASE WHEN c.tg_id <= :upto
  THEN h.days = 127 AND h.minute = 60 * (c.tg_id % 24) ELSE h.days = 64 END
WHERE c.tg_id > :first
"""


@pytest.mark.parametrize(
    ("number", "hourly"),
    [
        pytest.param(20_000, 100, id="short"),
        pytest.param(1_000_000, 3_000, id="whole", marks=pytest.mark.soak),
    ],
)
async def test_a_day_of_hours_grows_neither_memory_nor_log_nor_claims(
    place: Place, figure: Callable[[str], None], number: int, hourly: int
) -> None:
    folder = place.state.parent / "desk"
    folder.mkdir()
    log = Path(f"{place.url}-wal")
    database = await Database.open(place.url, state=place.state)
    try:
        desk = Desk(folder, ManualClock(MONDAY), database)
        await desk.publisher.accept()
        await fill(desk, number, HOURS * hourly)
        began = time.monotonic()
        memory: list[int] = []
        took: list[list[float]] = []
        longest = served = 0
        for hour in range(HOURS):
            await desk.clock.advance(3540)
            await desk.rounds.tick()
            await desk.clock.advance(60)
            done = await desk.rounds.tick()
            assert done.is_whole, hour
            if place.engine == "postgresql":
                # As it does by itself in each true hour; the tests' server has that switched off.
                await command(place.url, "VACUUM ANALYZE")
            claims, sent = await send_all(desk)
            took.append(claims)
            served += sent
            longest = max(longest, size_of(log))
            memory.append(held())
        lasted = time.monotonic() - began
        states = await desk.states()
    finally:
        await database.close()
    first, last = (
        [one for some in part for one in some] for part in (took[:QUARTER], took[-QUARTER:])
    )
    early, late = memory[QUARTER], memory[-1]
    grown = f" log {told(longest)} at most;" if longest else ""
    figure(
        f"{place.engine}, {number} subscriptions, {served} claimed, marked and settled in {HOURS} "
        f"hours of {lasted:.0f} s: memory {told(memory[0])} after the first hour, {told(early)} "
        f"after a quarter, {told(late)} at the end;{grown} claims of {BATCH} "
        f"p99 {p99(first):.1f} ms in the first quarter, {p99(last):.1f} ms in the last"
    )
    assert states == {"sent": served}
    assert served == HOURS * (hourly + 1)
    assert late - early < 16 * MEGABYTE
    assert longest < 128 * MEGABYTE
    # The slowest in a hundred tell of the machine's other work too; half of them do not.
    assert statistics.median(last) < 2 * statistics.median(first) + 0.005


async def fill(desk: Desk, number: int, today: int) -> None:
    """A reader for each hour of the day, and so many subscriptions beside them."""
    for hour in range(HOURS):
        await desk.subscribe(await desk.chat(1 + hour), f"{hour:02}:00", days=127)
    await desk.subscribe(await desk.chat(1 + HOURS), "12:00", days=64)
    now = micros(desk.clock.now())
    given = {"number": number, "first": FIRST, "upto": FIRST + today, "now": now}
    async with desk.database.write() as conn:
        if desk.database.engine_name == "postgresql":
            await conn.execute(text("SET LOCAL statement_timeout = 0"))
        await conn.execute(text(CHATS), {key: given[key] for key in ("number", "first", "now")})
        await conn.execute(text(WISHES), {key: given[key] for key in ("first", "upto", "now")})


async def send_all(desk: Desk) -> tuple[list[float], int]:
    """Claim, mark and settle all that is owed now, as a worker does; how long each claim took."""
    took: list[float] = []
    now, sent = micros(desk.clock.now()), 0
    while True:
        token = secrets.token_hex(16)
        began = time.monotonic()
        async with desk.database.write() as conn:
            rows = await deliveries.claim(
                conn,
                now=now,
                token=token,
                limit=BATCH,
                lease=60_000_000,
                interval=1,
                horizon=100_000,
            )
        if not rows:
            return took, sent
        took.append(time.monotonic() - began)
        async with desk.database.write() as conn:
            await deliveries.mark(conn, [row.id for row in rows], token, now, 1)
        ends = [Outcome(row.id, token, row.part, "sent", message_id=row.id) for row in rows]
        async with desk.database.write() as conn:
            await deliveries.settle(conn, ends, now)
        sent += len(rows)


def held() -> int:
    """Bytes that this process holds in memory."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def told(size: int) -> str:
    return f"{size / MEGABYTE:.0f} MB"


def p99(took: list[float]) -> float:
    """In milliseconds."""
    return 1000 * statistics.quantiles(took, n=100)[98]
