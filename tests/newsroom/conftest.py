from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.store.database import Database
from tests.newsroom.desk import MONDAY, Desk


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(f"sqlite:///{tmp_path / 'briefing.db'}", state=tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def desk(tmp_path: Path, database: Database) -> Desk:
    made = Desk(tmp_path, ManualClock(MONDAY), database)
    await made.publisher.accept()
    return made
