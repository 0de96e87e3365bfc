"""A backup that was put back: it does not know what was sent since, so nothing of that is sent."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from bot.store import alive
from bot.store.database import Database
from tests.cast import Actor, Town


def put_back(state: Path, backup: Path) -> None:
    """Replace the database by an older one; what lies beside it stays."""
    for path in state.glob("briefing.sqlite*"):
        path.unlink()
    shutil.copy(backup, state / "briefing.sqlite")


async def save(town: Town, target: Path) -> None:
    await town.app.database.backup(target)


async def test_a_brief_that_the_backup_does_not_know_is_not_sent_again(
    ada: Actor, ed: Actor, town: Town, state: Path, tmp_path: Path
) -> None:
    await ed.starts()
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await save(town, tmp_path / "backup")
    await town.pass_time(days=1)
    assert len(town.briefs(ada)) == 1
    await town.restart(after=timedelta(minutes=2))
    await town.close()
    put_back(state, tmp_path / "backup")
    await town.open()
    await town.pass_time(hours=4)
    assert len(town.briefs(ada)) == 1
    assert await town.rows("SELECT state, error_class FROM deliveries") == [("unknown", "restored")]
    [told] = [said for said in town.sent(ed) if said.startswith("A backup of the database")]
    assert "knows nothing later than 2025-11-24 05:00 UTC" in told


async def test_after_a_restored_backup_the_next_hour_is_served_and_points_to_the_doubtful(
    ada: Actor, ed: Actor, town: Town, state: Path, tmp_path: Path
) -> None:
    await ed.starts()
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await save(town, tmp_path / "backup")
    await town.pass_time(days=1)
    await town.restart(after=timedelta(minutes=2))
    await town.close()
    put_back(state, tmp_path / "backup")
    await town.open()
    await town.restart()
    heard = len(town.sent(ed))
    await town.pass_time(days=1)
    assert len(town.briefs(ada)) == 2
    assert "/latest" in town.sent(ada)[-1]
    assert len(town.sent(ed)) == heard, "it is told once"


async def test_a_bot_that_merely_ended_is_not_taken_for_a_restored_one(
    ada: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.restart(after=timedelta(hours=40))
    await town.pass_time(hours=1)
    assert await town.rows("SELECT value FROM meta WHERE key = 'doubtful_until'") == []


async def test_a_new_database_or_an_unreadable_sign_of_life_holds_nothing(tmp_path: Path) -> None:
    database = await Database.open(str(tmp_path / "new.db"))
    (tmp_path / "last_alive").write_text("9" * 15, "ascii")
    assert await alive.notice(database, tmp_path) == alive.Restored(0)
    await alive.note(database, None, 5)
    (tmp_path / "last_alive").write_text("soon", "ascii")
    assert await alive.notice(database, tmp_path) == alive.Restored(0)
    await alive.note(database, tmp_path, 70)
    assert await alive.notice(database, tmp_path) == alive.Restored(0)
    (tmp_path / "last_alive").write_text("90\n", "ascii")
    found = await alive.notice(database, tmp_path)
    assert found == alive.Restored(90 + alive.MARGIN, 70)
    assert await alive.notice(database, tmp_path) == alive.Restored(90 + alive.MARGIN)
    await database.close()
