"""One suite for both engines: a test that takes `database` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from bot.store.database import Database, metadata
from tests import postgres

ENGINES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Place:
    """An empty database with its schema: where it is, and the state folder that goes with it."""

    engine: str
    url: str
    state: Path


async def prepare(url: str, state: Path) -> None:
    await (await Database.open(url, state=state)).close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the schema, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(prepare(str(folder / "briefing.db"), folder))
    return folder / "briefing.db"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    """A server whose database `house` holds the schema, to be copied."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.server() as server:
        asyncio.run(command(server.url("postgres"), "CREATE DATABASE house"))
        asyncio.run(prepare(server.url("house"), tmp_path_factory.mktemp("state")))
        yield server


async def command(url: str, *sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in sql:
            await connection.execute(statement)
    finally:
        await connection.close()


numbers = itertools.count(1)


@pytest.fixture
async def postgres_url(postgres_server: postgres.Server) -> AsyncIterator[str]:
    """A database of its own on the server."""
    name = f"test_{next(numbers)}"
    admin = postgres_server.url("postgres")
    await command(admin, f"CREATE DATABASE {name} TEMPLATE house")
    yield postgres_server.url(name)
    await command(admin, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A file of its own."""
    folder = tmp_path / "state"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "briefing.db")
    return str(folder / "briefing.db")


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A database that the test may spoil, once of each engine."""
    engine: str = request.param
    url: str = request.getfixturevalue("sqlite_url" if engine == "sqlite" else "postgres_url")
    return Place(engine, url, tmp_path / "state")


@pytest.fixture(scope="session")
def shared_url(postgres_server: postgres.Server) -> str:
    """One database that the tests use after one another, emptied before each."""
    asyncio.run(command(postgres_server.url("postgres"), "CREATE DATABASE shared TEMPLATE house"))
    return postgres_server.url("shared")


EMPTY = "TRUNCATE {} RESTART IDENTITY CASCADE".format(", ".join(metadata.tables))


@pytest.fixture
async def emptied_url(shared_url: str) -> str:
    await command(shared_url, EMPTY)
    return shared_url


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, once of each engine."""
    name = "sqlite_url" if request.param == "sqlite" else "emptied_url"
    found: str = request.getfixturevalue(name)
    return found


@asynccontextmanager
async def opened(url: str, state: Path | None = None, pool: int = 5) -> AsyncIterator[Database]:
    """A database that is closed at the end, whatever happens."""
    database = await Database.open(url, state=state, pool=pool)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """An open, empty database, once of each engine."""
    async with opened(url) as it:
        yield it
