"""An office over each engine: real files, a real database, a clock moved by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.newsroom.office import Office
from bot.store.database import Database
from bot.text import words_for
from tests.newsroom.desk import EDITIONS, MONDAY, Desk
from tests.store.conftest import (
    database,
    emptied_url,
    postgres_server,
    postgres_url,
    shared_url,
    sqlite_template,
    sqlite_url,
    url,
)

__all__ = [
    "database",
    "emptied_url",
    "postgres_server",
    "postgres_url",
    "shared_url",
    "sqlite_template",
    "sqlite_url",
    "url",
]

ALERTS = """\
  alerts:
    title: Alerts
    menu: When something changes
    on: [figure]
"""


@pytest.fixture
async def desk(tmp_path: Path, database: Database) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    made = Desk(folder, ManualClock(MONDAY), database)
    made.save("briefings/editions.yaml", EDITIONS + ALERTS)
    await made.publisher.accept()
    return made


@pytest.fixture
def office(desk: Desk) -> Office:
    return office_of(desk)


def office_of(desk: Desk) -> Office:
    return Office(
        desk.database,
        desk.clock,
        desk.publisher,
        desk.builder,
        words_for,
        25.0,
        on_owed=desk.wake,
        on_planned=desk.wake,
    )
