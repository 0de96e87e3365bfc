"""What all tests share: how many examples properties get, and the cast in its town."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.chat.cities import Cities
from bot.store.database import Database
from tests.cast import Actor, Town

settings.register_profile(
    "default",
    derandomize=True,
    deadline=None,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("soak", deadline=None, max_examples=5000, print_blob=True)
settings.load_profile("default")


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Note what a test measured: printed, and told in the table of faults."""

    def note(text: str) -> None:
        print(text)
        record_property("figure", text)

    return note


@pytest.fixture(scope="session")
def gazetteer() -> Cities:
    """The list of cities, read once."""
    cities = Cities()
    cities.find("Almaty")
    return cities


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file that holds the schema, to be copied."""
    folder = tmp_path_factory.mktemp("store")

    async def prepare() -> None:
        await (await Database.open(str(folder / "briefing.sqlite"), state=folder)).close()

    asyncio.run(prepare())
    return folder / "briefing.sqlite"


@pytest.fixture
def state(tmp_path: Path, empty_store: Path) -> Path:
    """The bot's state folder, with an empty store."""
    folder = tmp_path / "state"
    folder.mkdir()
    shutil.copy(empty_store, folder / "briefing.sqlite")
    return folder


@pytest.fixture
async def town(
    state: Path, gazetteer: Cities, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    """The real bot in a pretend Telegram; at the end nothing may have been done against its API."""
    made = Town(state, monkeypatch, gazetteer)
    try:
        await made.open()
        yield made
    finally:
        await made.close()
    assert made.world.complaints == []


@pytest.fixture
async def ada(town: Town) -> Actor:
    """She follows."""
    return town.ada


@pytest.fixture
async def ben(town: Town) -> Actor:
    """He blocks the bot, sooner or later."""
    return town.ben


@pytest.fixture
async def zoe(town: Town) -> Actor:
    """She reads another language, in another zone."""
    return town.zoe


@pytest.fixture
async def ed(town: Town) -> Actor:
    """He edits, and is the desk's admin."""
    return town.ed
