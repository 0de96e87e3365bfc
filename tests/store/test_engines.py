"""Addresses of databases: read as people write them, refused before they mislead."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from bot.errors import StoreAway, StoreError
from bot.store import engines
from bot.store.database import Database, read_clock
from tests.store.conftest import command, opened


@pytest.mark.parametrize(
    ("written", "driver"),
    [
        ("postgresql://u@h/d", "postgresql+asyncpg"),
        ("postgres://u@h/d", "postgresql+asyncpg"),
        ("postgresql+psycopg://u@h/d", "postgresql+asyncpg"),
        ("sqlite:///x.db", "sqlite+aiosqlite"),
        ("var/briefing.db", "sqlite+aiosqlite"),
    ],
)
def test_an_address_is_read_with_our_driver(written: str, driver: str) -> None:
    assert engines.read_url(written).drivername == driver


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("mysql://u@h/d", "mysql"),
        ("sqlite://", "names no file"),
        ("postgresql://u:secret@h:port/d", "cannot be read"),
    ],
)
def test_an_address_that_is_not_ours_is_refused(written: str, told: str) -> None:
    with pytest.raises(StoreError, match=told) as error:
        engines.read_url(written)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("sslmode=sometimes", "sslmode"),
        ("channel_binding=require", "channel_binding"),
        ("sslmode=verify-full&sslrootcert=/nowhere.pem", "certificate"),
        ("speed=high", "speed"),
    ],
)
def test_a_part_of_an_address_that_cannot_be_kept_is_refused(query: str, told: str) -> None:
    url = engines.read_url(f"postgresql://u@h/d?{query}")
    with pytest.raises(StoreError, match=told):
        engines.postgres_engine(url, 1)


async def test_sslmode_is_understood(postgres_url: str) -> None:
    database = await Database.open(
        f"{postgres_url}?sslmode=prefer&connect_timeout=5&application_name=desk"
    )
    async with database.read() as conn:
        assert await conn.scalar(text("SHOW application_name")) == "desk"
    await database.close()


async def test_all_connections_cut_at_once_cost_one_failure(postgres_url: str) -> None:
    async with opened(postgres_url, pool=4) as database:

        async def look() -> None:
            async with database.read() as conn:
                await read_clock(conn)
                await all_open.wait()

        all_open = asyncio.Barrier(4)
        await asyncio.gather(*(look() for _ in range(4)))
        await command(
            postgres_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        failures = 0
        for _ in range(6):
            try:
                async with database.read() as conn:
                    await read_clock(conn)
            except StoreAway:
                failures += 1
        assert failures == 1
