"""What is measured is durable: SQLite as it is, PostgreSQL with every commit on the disk."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.store.conftest import ENGINES, command

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def durable_server() -> Iterator[postgres.Server]:
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.server(**postgres.DURABLE) as server:
        yield server


@pytest.fixture(params=ENGINES)
async def durable_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database of each engine; the schema comes with its opening."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bench.sqlite'}"
        return
    server: postgres.Server = request.getfixturevalue("durable_server")
    name, admin = f"bench_{next(numbers)}", server.url("postgres")
    await command(admin, f"CREATE DATABASE {name}")
    yield server.url(name)
    await command(admin, f"DROP DATABASE {name} WITH (FORCE)")
