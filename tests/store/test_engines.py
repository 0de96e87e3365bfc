"""Addresses of databases: read as people write them, refused before they mislead."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.errors import StoreError
from bot.store import engines
from bot.store.database import Database


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
