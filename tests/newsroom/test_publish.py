"""Taking up what editors save: with real files, a real watch and a real loader."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.content.loader import Loaded, load
from bot.errors import ContentError, StoreAway
from bot.newsroom import publish
from bot.newsroom.publish import Publisher, Revision
from bot.store import revisions
from bot.store.database import Database
from tests.newsroom.desk import HARBOUR, MONDAY, Desk, english

CLOSED = HARBOUR.replace("It is open.", "It is closed.")
BAD = HARBOUR.replace("fact: report.2", "fact: report.9")
PATIENCE = 20.0


class Watching:
    """A publisher that watches; `revisions` and `told` give what comes, in order."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.revisions: asyncio.Queue[Revision] = asyncio.Queue()
        self.told: asyncio.Queue[str] = asyncio.Queue()

    async def next_revision(self) -> Revision:
        return await asyncio.wait_for(self.revisions.get(), PATIENCE)

    async def next_word(self) -> str:
        return await asyncio.wait_for(self.told.get(), PATIENCE)


@asynccontextmanager
async def watch(desk: Desk, kind: type[Publisher] = Publisher) -> AsyncIterator[Watching]:
    watching = Watching(desk)

    async def tell(text: str) -> None:
        watching.told.put_nowait(text)

    async def accepted(revision: Revision) -> None:
        watching.revisions.put_nowait(revision)

    desk.publisher = kind(
        desk.database,
        desk.clock,
        briefings=desk.briefings,
        seeds=desk.seeds,
        words=english(),
        tell_admins=tell,
    )
    desk.publisher.on_accept.append(accepted)
    await desk.publisher.accept()
    task = asyncio.create_task(desk.publisher.run())
    try:
        yield watching
    finally:
        desk.publisher.stop()
        await asyncio.wait_for(task, PATIENCE)


# --- at the start -----------------------------------------------------------------------------


async def test_the_same_files_keep_their_number(desk: Desk) -> None:
    assert desk.publisher.number == 1
    await desk.restart()
    assert desk.publisher.number == 1
    desk.save("briefings/harbour.yaml", CLOSED)
    await desk.restart()
    assert desk.publisher.number == 2


async def test_a_comment_is_no_new_revision(desk: Desk) -> None:
    desk.save("briefings/harbour.yaml", "# For the harbour desk.\n" + HARBOUR)
    await desk.publisher.accept()
    assert desk.publisher.number == 1


async def test_bad_files_at_the_start_leave_the_last_revision_in_force(desk: Desk) -> None:
    desk.save("briefings/harbour.yaml", BAD)
    await desk.restart()
    assert desk.publisher.number == 1
    assert desk.publisher.library.section("harbour.state").text == "It is open."
    [told] = desk.told
    first, place, remedy = told.splitlines()
    assert first == "The files hold mistakes; revision 1 stays in use."
    assert place.startswith(f"{desk.briefings}/harbour.yaml:16:")
    assert remedy.startswith("  ")


async def test_bad_files_and_no_revision_end_the_start(tmp_path: Path, desk: Desk) -> None:
    desk.database = await Database.open(f"sqlite:///{tmp_path / 'other/empty.db'}")
    desk.save("briefings/harbour.yaml", BAD)
    desk.build()
    with pytest.raises(ContentError) as refused:
        await desk.publisher.accept()
    await desk.database.close()
    assert "harbour.yaml:16:" in str(refused.value)
    with pytest.raises(RuntimeError):
        _ = desk.publisher.current


async def test_a_missing_folder_leaves_the_last_revision_in_force(desk: Desk) -> None:
    shutil.rmtree(desk.briefings)
    desk.build()
    await desk.publisher.accept()
    assert desk.publisher.number == 1
    assert len(desk.told) == 1


async def test_many_mistakes_are_told_in_one_short_message(desk: Desk) -> None:
    sections = "".join(
        f"  part{number}:\n    title: Part\n    text: It is.\n    fact: report.9\n"
        for number in range(8)
    )
    desk.save("briefings/harbour.yaml", HARBOUR + sections)
    await desk.publisher.accept()
    [told] = desk.told
    assert told.count("harbour.yaml:") == publish.TOLD
    assert told.endswith("And 3 more.")


# --- what is served ---------------------------------------------------------------------------


async def test_what_is_under_embargo_is_seen_from_its_second_on(desk: Desk) -> None:
    desk.save("briefings/harbour.yaml", HARBOUR + "embargo: 2025-11-24T07:30+05:00\n")
    await desk.publisher.accept()
    assert "harbour" not in desk.publisher.library.dossiers
    await desk.clock.advance(1799)
    assert "harbour" not in desk.publisher.library.dossiers
    await desk.clock.advance(1)
    assert "harbour" in desk.publisher.library.dossiers
    assert desk.publisher.library is desk.publisher.library


async def test_changes_are_told_between_any_two_moments(desk: Desk) -> None:
    before = desk.clock.now()
    desk.save("briefings/harbour.yaml", CLOSED + "embargo: 2025-11-24T07:30+05:00\n")
    await desk.publisher.accept()
    [gone, *_] = await desk.publisher.changes_since(1, before)
    assert (gone.kind, gone.noun) == ("withdrawn", "dossier")
    await desk.clock.advance(1800)
    [change] = await desk.publisher.changes_since(1, before)
    assert (change.kind, change.key) == ("updated", "harbour.state")
    [added] = await desk.publisher.changes_since(2, before)
    assert (added.kind, added.noun) == ("added", "dossier")
    assert await desk.publisher.changes_since(99, before) == ()


async def test_older_revisions_are_read_back_from_the_store(desk: Desk) -> None:
    desk.save("briefings/harbour.yaml", CLOSED)
    await desk.restart()
    await desk.restart()
    [change] = await desk.publisher.changes_since(1, MONDAY)
    assert (change.before, change.after) == ("It is open.", "It is closed.")


# --- while it runs ----------------------------------------------------------------------------


async def test_a_saved_change_is_taken_up_within_a_second_of_rest(desk: Desk) -> None:
    async with watch(desk) as watching:
        loop = asyncio.get_running_loop()
        desk.save("briefings/harbour.yaml", CLOSED)
        saved = loop.time()
        revision = await watching.next_revision()
        # The aim is a second; the rest is room for a machine that is busy with other tests.
        assert loop.time() - saved < 5
        assert revision.number == 2
        assert desk.publisher.library.section("harbour.state").text == "It is closed."
        async with desk.database.read() as conn:
            kept = await revisions.latest(conn)
        assert kept is not None
        assert (kept.number, kept.hash) == (2, revision.library.hash)


async def test_a_bad_file_leaves_the_good_revision_and_the_admins_learn_the_line(
    desk: Desk,
) -> None:
    async with watch(desk) as watching:
        desk.save("briefings/harbour.yaml", BAD)
        told = await watching.next_word()
        assert "harbour.yaml:16:" in told
        assert desk.publisher.number == 1
        assert desk.publisher.library.section("harbour.state").text == "It is open."
        desk.save("briefings/harbour.yaml", CLOSED)
        assert (await watching.next_revision()).number == 2
        assert await watching.next_word() == "The files are right again; revision 2 is in use."


async def test_going_back_from_a_bad_file_to_the_same_one_is_no_new_revision(desk: Desk) -> None:
    async with watch(desk) as watching:
        desk.save("briefings/harbour.yaml", BAD)
        await watching.next_word()
        desk.save("briefings/harbour.yaml", HARBOUR)
        assert await watching.next_word() == "The files are right again; revision 1 is in use."
        assert watching.revisions.empty()


async def test_the_same_mistake_is_told_once(desk: Desk) -> None:
    desk.save("briefings/harbour.yaml", BAD)
    await desk.publisher.accept()
    await desk.publisher.accept()
    assert len(desk.told) == 1


async def test_a_file_that_is_new_or_gone_is_noticed(desk: Desk) -> None:
    market = HARBOUR.replace("harbour", "market")
    async with watch(desk) as watching:
        desk.save("briefings/market.yaml", market)
        assert "market" in (await watching.next_revision()).library.dossiers
        (desk.briefings / "market.yaml").unlink()
        assert "market" not in (await watching.next_revision()).library.dossiers


async def test_a_source_card_is_watched_too(desk: Desk) -> None:
    async with watch(desk) as watching:
        path = desk.seeds / "report.yaml"
        path.write_text(path.read_text("utf-8").replace("A report", "The report"), "utf-8")
        assert (await watching.next_revision()).library.source("report").title == "The report"


async def test_a_file_that_an_editor_replaces_by_renaming_is_noticed(desk: Desk) -> None:
    async with watch(desk) as watching:
        draft = desk.briefings / ".harbour.yaml.swp"
        draft.write_text(CLOSED, "utf-8")
        draft.rename(desk.briefings / "harbour.yaml")
        assert (await watching.next_revision()).number == 2


async def test_nothing_is_read_while_git_is_writing(desk: Desk) -> None:
    lock = desk.folder / ".git" / "index.lock"
    lock.parent.mkdir()
    async with watch(desk) as watching:
        lock.touch()
        desk.save("briefings/harbour.yaml", BAD)
        # Touched again and again, it would be read within this time if the lock did not count.
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(watching.told.get(), 1.0)
        desk.save("briefings/harbour.yaml", CLOSED)
        lock.unlink()
        assert (await watching.next_revision()).number == 2
        assert watching.told.empty()


async def test_a_save_of_several_files_is_one_revision(desk: Desk) -> None:
    async with watch(desk) as watching:
        for name in ("market", "airport", "mill", "school", "mine", "bridge"):
            desk.save(f"briefings/{name}.yaml", HARBOUR.replace("harbour", name))
            await asyncio.to_thread((desk.briefings / "harbour.yaml").touch)
        revision = await watching.next_revision()
        assert len(revision.library.dossiers) == 7
        assert watching.revisions.empty()


class Unlucky(Publisher):
    """Finds the database away the second time that it accepts."""

    failed: asyncio.Event | None = None

    async def accept(self) -> Revision:
        if self.failed is not None and not self.failed.is_set():
            self.failed.set()
            raise StoreAway("The database does not answer.")
        return await super().accept()


async def test_a_database_that_is_away_only_delays_the_revision(desk: Desk) -> None:
    async with watch(desk, Unlucky) as watching:
        assert isinstance(desk.publisher, Unlucky)
        failed = desk.publisher.failed = asyncio.Event()
        desk.save("briefings/harbour.yaml", CLOSED)
        await asyncio.wait_for(failed.wait(), PATIENCE)
        desk.publisher.touch()
        assert (await watching.next_revision()).number == 2


async def test_readers_are_answered_while_files_are_read(desk: Desk) -> None:
    loop = asyncio.get_running_loop()
    reading, gate = asyncio.Event(), Future[None]()

    def read_slowly(briefings: Path, seeds: Path) -> Loaded:
        loop.call_soon_threadsafe(reading.set)
        gate.result(PATIENCE)
        return load(briefings, seeds)

    publisher = Publisher(
        desk.database,
        desk.clock,
        briefings=desk.briefings,
        seeds=desk.seeds,
        words=english(),
        tell_admins=desk.tell,
        read=read_slowly,
    )
    task = asyncio.create_task(publisher.accept())
    await asyncio.wait_for(reading.wait(), PATIENCE)
    assert not task.done()
    gate.set_result(None)
    assert (await task).number == 1


async def test_who_must_hear_of_a_revision_does_though_the_database_goes_away_meanwhile(
    desk: Desk,
) -> None:
    heard: list[int] = []
    first = asyncio.Event()

    async def renew(revision: Revision) -> None:
        heard.append(revision.number)
        if not first.is_set():
            first.set()
            raise StoreAway("The database does not answer.")

    async with watch(desk) as watching:
        desk.publisher.on_accept.insert(0, renew)
        desk.save("briefings/harbour.yaml", CLOSED)
        await asyncio.wait_for(first.wait(), PATIENCE)
        desk.publisher.touch()
        assert (await watching.next_revision()).number == 2
    assert heard == [2, 2]


class Locked(Publisher):
    """Finds a file that it has no leave to read."""

    is_locked = False

    async def accept(self) -> Revision:
        if self.is_locked:
            raise PermissionError("no leave to read")
        return await super().accept()


async def test_files_that_cannot_be_read_end_no_watch_and_the_admins_are_told(desk: Desk) -> None:
    async with watch(desk, Locked) as watching:
        assert isinstance(desk.publisher, Locked)
        desk.publisher.is_locked = True
        desk.save("briefings/harbour.yaml", CLOSED)
        said = "Reading the files fails (PermissionError: no leave to read); revision 1 stays."
        assert await watching.next_word() == said
        desk.publisher.is_locked = False
        desk.publisher.touch()
        assert (await watching.next_revision()).number == 2
        assert await watching.next_word() == "The files are right again; revision 2 is in use."
