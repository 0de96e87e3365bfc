"""Databases that lose a commit's answer, are held by others, are full, or cannot clean up."""

from __future__ import annotations

import asyncio
import secrets
import shlex
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url, text

from bot.clock import SystemClock, micros
from bot.delivery.worker import FULL, ROOM
from bot.store import deliveries
from bot.store.database import Database
from bot.store.deliveries import Outcome
from tests import postgres
from tests.delivery.town import Town
from tests.soak.proxy import Proxy
from tests.soak.stage import Stage, number_of
from tests.store.conftest import opened

Figure = Callable[[str], None]
LEASE, DEADLINE = 6.0, 2.0
HELD = 10.0
"""Seconds for which a foreign program holds SQLite's write lock."""
BATCH = 100


async def test_commits_whose_answers_are_lost_double_nothing(
    postgres_url: str, tmp_path: Path, figure: Figure
) -> None:
    """D2: what was marked is not sent upon; what was sent is written down again."""
    address = make_url(postgres_url)
    assert address.host is not None
    assert address.port is not None
    async with Proxy(address.host, address.port, every=9).running() as proxy:
        url = postgres_url.replace(f":{address.port}/", f":{proxy.port}/")
        async with Stage.open(
            postgres_url, tmp_path, seed=1, rate=50.0, lease=LEASE, deadline=DEADLINE
        ) as stage:
            await stage.owe(60)
            worker = await stage.hire(url=url)
            await worker.finish()
            await worker.kill()
            found = await stage.reckon()
    figure(f"{proxy.cuts} lost answers to COMMIT: {found.figure}")
    assert proxy.cuts > 5
    found.check()
    assert found.states == {"sent": 60}


@pytest.mark.soak
async def test_a_server_that_is_down_is_waited_for(tmp_path: Path, figure: Figure) -> None:
    """D3: PostgreSQL dies under two workers, and is away for a while."""
    seconds = number_of("SOAK_DOWN", 120)
    with postgres.server() as server:
        url = server.url("postgres")
        data = server.folder / "data"
        started = shlex.split((data / "postmaster.opts").read_text("utf-8"))[1:]
        async with Stage.open(url, tmp_path, seed=1) as stage:
            await stage.owe(300)
            workers = [await stage.hire() for _ in range(2)]
            for worker in workers:
                await worker.says("ready")
            await asyncio.sleep(2.0)
            server.run("pg_ctl", "stop", "-D", str(data), "-m", "immediate", "-w")
            down = time.monotonic()
            await asyncio.sleep(seconds)
            arrived = await stage.arrivals()
            up = time.monotonic()
            words = shlex.join(word for word in started if word not in {"-D", str(data)})
            log = str(server.folder / "log")
            server.run("pg_ctl", "start", "-D", str(data), "-w", "-l", log, "-o", words)
            await workers[0].finish()
            for worker in workers:
                await worker.stop()
            found = await stage.reckon()
            first = min(at for at in await stage.arrivals() if at > up) - up
    figure(f"away for {seconds} s: {found.figure}; sending {first:.1f} s after its start")
    assert [at for at in arrived if at > down + 1.0] == []
    found.check()
    assert found.states == {"sent": 300}


@pytest.mark.soak
async def test_a_foreign_writer_that_holds_the_file_is_waited_for(
    sqlite_url: str, tmp_path: Path, figure: Figure
) -> None:
    """D4."""
    async with Stage.open(sqlite_url, tmp_path / "state", seed=1) as stage:
        await stage.owe(200)
        worker = await stage.hire()
        await worker.says("ready")
        foreign = sqlite3.connect(sqlite_url, isolation_level=None)
        foreign.execute("PRAGMA busy_timeout = 5000")
        foreign.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        await asyncio.sleep(HELD)
        foreign.execute("COMMIT")
        foreign.close()
        held = [at for at in await stage.arrivals() if began + 1.0 < at < began + HELD]
        await worker.finish()
        await worker.stop()
        found = await stage.reckon()
    figure(f"held for {HELD:g} s: {found.figure}; {len(held)} sent meanwhile")
    assert held == []
    found.check()
    assert found.states == {"sent": 200}


async def test_a_full_disk_stops_sending_and_what_was_sent_is_written_down_later(
    tmp_path: Path, figure: Figure
) -> None:
    """D5."""
    async with Town.open(tmp_path, logged=True) as town:
        await town.owe(await town.bulletin("x"), *await town.readers(300))
        async with town.database.write() as conn:
            pages = int(await conn.scalar(text("PRAGMA page_count")) or 0)
            await conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        town.start()
        await town.passes(30.0)
        assert town.worker.state == "away"
        stopped = len(town.sent)
        await town.passes(60.0)
        assert len(town.sent) == stopped
        assert stopped < 300
        assert [told for told in town.told if "disk" in told] == [FULL]
        async with town.database.write() as conn:
            assert await conn.scalar(text("PRAGMA integrity_check")) == "ok"
            await conn.exec_driver_sql("PRAGMA max_page_count = 1000000")
        await town.passes(30.0)
        assert await town.states() == {"sent": 300}
        assert len(town.sent) == 300
        assert len(await town.rows("id", "receipts")) == 300
        assert [told for told in town.told if "disk" in told] == [FULL, ROOM]
    figure(f"stopped after {stopped} of 300; 0 doubled, 0 unknown, integrity ok")


async def send_as_fast_as_possible(database: Database, seconds: float) -> list[float]:
    """Claim, mark and settle batches; how long each claim took."""
    took: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        token = secrets.token_hex(16)
        now = micros(SystemClock().now())
        began = time.monotonic()
        async with database.write() as conn:
            rows = await deliveries.claim(
                conn,
                now=now,
                token=token,
                limit=BATCH,
                lease=60_000_000,
                interval=1,
                horizon=100_000,
            )
        took.append(time.monotonic() - began)
        async with database.write() as conn:
            await deliveries.mark(conn, [row.id for row in rows], token, now, 1)
        ends = [Outcome(row.id, token, 0, "pending", not_before=now) for row in rows]
        async with database.write() as conn:
            await deliveries.settle(conn, ends, now)
    return took


@pytest.mark.soak
async def test_a_transaction_that_somebody_forgot_slows_the_claim_and_no_more(
    postgres_url: str, tmp_path: Path, figure: Figure
) -> None:
    """D6: dead rows cannot be cleaned away meanwhile."""
    seconds = number_of("SOAK_SECONDS", 20)
    async with Stage.open(postgres_url, tmp_path, seed=1) as stage:
        await stage.owe(2000)
    async with opened(postgres_url) as database:
        usual = await send_as_fast_as_possible(database, seconds / 4)
        forgotten = await asyncpg.connect(postgres_url)
        snapshot = forgotten.transaction(isolation="repeatable_read")
        await snapshot.start()
        await forgotten.fetchval("SELECT count(*) FROM deliveries")
        slowed = await send_as_fast_as_possible(database, seconds)
        await snapshot.rollback()
        await forgotten.close()
    figure(f"claims of {BATCH}: {told(usual)}; beside a forgotten transaction {told(slowed)}")
    assert statistics.median(slowed) < 0.2


def told(took: list[float]) -> str:
    p99 = statistics.quantiles(took, n=100)[98]
    return f"p50 {1000 * statistics.median(took):.1f} ms, p99 {1000 * p99:.1f} ms"
