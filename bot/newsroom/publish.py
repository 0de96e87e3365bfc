"""Taking up what the editors saved: whole or not at all, and the last good revision until then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from watchfiles import awatch

from bot import telemetry
from bot.clock import Clock, micros
from bot.content.changes import Change, changes
from bot.content.library import Library
from bot.content.loader import Loaded, load
from bot.errors import ContentError, Problem, StoreError
from bot.store import revisions
from bot.store.database import Database
from bot.text import Words

log = telemetry.logger(__name__)

TellAdmins = Callable[[str], Awaitable[None]]
QUIET_SECONDS = 0.3
"""How long nothing may be written before the files are read: a save of several has come to rest."""
LOCK_SECONDS = 60.0
"""How long a lock of git is believed; one left behind by a crash must not hold news for ever."""
LOOK_SECONDS = 10.0
"""How often the files are looked at even if the system reports nothing (network folders)."""
TOLD = 5
"""How many problems of a bad file are told to the admins in one message."""

Prints = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """A library that was accepted, with the number it is kept under."""

    number: int
    library: Library


class Publisher:
    """Keeps the current revision, and takes up a new one when the files have changed.

        publisher = Publisher(
            database, clock, briefings=..., seeds=..., words=..., tell_admins=...
        )
        await publisher.accept()            # once, before anything is served
        watching = asyncio.create_task(publisher.run())
        ...
        publisher.stop(); await watching

    `on_accept` callbacks are awaited in turn with the new revision, for each revision accepted
    after the start; all of them once more at the next look should the store be away for one.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        briefings: Path,
        seeds: Path,
        words: Words,
        tell_admins: TellAdmins,
        read: Callable[[Path, Path], Loaded] = load,
    ) -> None:
        self._database = database
        self._clock = clock
        self._folders = (briefings, seeds)
        self._words = words
        self._tell_admins = tell_admins
        self._read = read
        self._current: Revision | None = None
        self._visible: tuple[datetime, datetime, Library] | None = None
        self._prints: Prints = _UNREAD
        self._complaint = ""
        self._touched = asyncio.Event()
        self._stopping = asyncio.Event()
        self._turn = asyncio.Lock()
        self._known: dict[int, Library] = {}
        self._announced: Revision | None = None
        self.on_accept: list[Callable[[Revision], Awaitable[None]]] = []

    # --- what is served --------------------------------------------------------------------

    @property
    def current(self) -> Revision:
        """The revision in force. RuntimeError before `accept`."""
        if self._current is None:
            raise RuntimeError("no revision was accepted yet")
        return self._current

    @property
    def number(self) -> int:
        return self.current.number

    @property
    def library(self) -> Library:
        """What readers may see now: the current library without what is under embargo."""
        return self.visible(self._clock.now())

    def visible(self, now: datetime) -> Library:
        """What readers may see at `now`; made anew only when an embargo ends."""
        if self._visible is None or not self._visible[0] <= now < self._visible[1]:
            library = self.current.library
            ends = [item.embargo for item in library.dossiers.values() if item.embargo]
            since = max((end for end in ends if end <= now), default=_EARLIEST)
            until = min((end for end in ends if end > now), default=_LATEST)
            self._visible = (since, until, library.visible(now))
        return self._visible[2]

    async def changes_since(
        self, number: int, then: datetime, now: datetime | None = None
    ) -> tuple[Change, ...]:
        """What readers may see at `now` and could not, or saw otherwise, in `number` at `then`.

        An unknown revision counts as the current one: nothing is called new that may not be.
        """
        old = await self._recall(number)
        if old is None:
            return ()
        new = self.visible(now or self._clock.now())
        return await asyncio.to_thread(lambda: changes(old.visible(then), new))

    async def _recall(self, number: int) -> Library | None:
        if number == self.number:
            return self.current.library
        if number not in self._known:
            async with self._database.read() as conn:
                kept = await revisions.get(conn, number)
            if kept is None:
                return None
            if len(self._known) > 15:
                self._known.pop(next(iter(self._known)))
            self._known[number] = await asyncio.to_thread(Library.from_json, kept.body)
        return self._known[number]

    # --- taking up -------------------------------------------------------------------------

    async def accept(self) -> Revision:
        """Read the files and store them as a revision; the same content keeps its number.

        Files with mistakes are not published: the last stored revision stays in force and the
        admins are told. Raises `ContentError` when there is none to fall back on.
        """
        async with self._turn:
            # Looked at before reading: what is saved meanwhile is then read once more.
            self._prints = await asyncio.to_thread(_fingerprint, self._folders)
            loaded = await asyncio.to_thread(self._read, *self._folders)
            if loaded.library is None:
                await self._refuse(loaded)
            else:
                await self._publish(loaded.library)
            await self._announce()
            return self.current

    async def recall(self) -> bool:
        """Take the newest revision that was kept, without a look at the files; False if none was.

        For who works beside the bot, which alone takes files up.
        """
        async with self._database.read() as conn:
            kept = await revisions.latest(conn)
        if kept is not None:
            library = await asyncio.to_thread(Library.from_json, kept.body)
            self._take(Revision(kept.number, library))
        return kept is not None

    async def _publish(self, library: Library) -> None:
        before = self._current
        body, digest = await asyncio.to_thread(lambda: (library.to_json(), library.hash))
        if before is None or digest != before.library.hash:
            async with self._database.write() as conn:
                number = await revisions.save(conn, body, digest, micros(self._clock.now()))
            self._take(Revision(number, library))
            log.info("A revision is in force.", action="accept", revision=number)
        if self._complaint:
            self._complaint = ""
            await self._tell_admins(self._words("newsroom.files_right", number=self.number))

    async def _announce(self) -> None:
        """Let all know of a revision that they have not heard of yet."""
        current = self.current
        if self._announced is not None and self._announced is not current:
            for callback in self.on_accept:
                await callback(current)
        self._announced = current

    async def _refuse(self, loaded: Loaded) -> None:
        wrong = loaded.errors
        if self._current is None and not await self.recall():
            raise ContentError(wrong)
        complaint = tell_problems(self._words, wrong, self.number)
        log.warning("The files hold mistakes.", action="refuse", count=len(wrong))
        if complaint != self._complaint:
            self._complaint = complaint
            await self._tell_admins(complaint)

    def _take(self, revision: Revision) -> None:
        self._current = revision
        self._visible = None

    # --- watching --------------------------------------------------------------------------

    def touch(self) -> None:
        """Have the files looked at now, as after a save."""
        self._touched.set()

    def stop(self) -> None:
        """End `run`, after a revision that is just being taken up."""
        self._stopping.set()
        self._touched.set()

    async def run(self) -> None:
        """Watch the folders until `stop`, and take up each change once it has come to rest."""
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._watch())
            try:
                while await self._rest():
                    await self._look()
            finally:
                self._stopping.set()
                watching.cancel()

    async def _look(self) -> None:
        """Take the files up if they differ from those that were read last.

        Whatever goes wrong, the next save is looked at: what is served has not changed until then.
        """
        [result] = await asyncio.gather(self._take_up(), return_exceptions=True)
        if result is None:
            return
        if not isinstance(result, Exception):
            raise result
        self._prints = _UNREAD
        if isinstance(result, StoreError):
            log.warning("The revision cannot be kept now.", action="accept", error=str(result))
            return
        error = f"{type(result).__name__}: {result}"
        complaint = self._words("newsroom.files_failed", number=self.number, error=error)
        if complaint != self._complaint:
            self._complaint = complaint
            log.error("The files cannot be read.", action="accept", exc_info=result)
            await self._tell_admins(complaint)

    async def _take_up(self) -> None:
        if await asyncio.to_thread(_fingerprint, self._folders) != self._prints:
            await self.accept()

    async def _watch(self) -> None:
        """Report changes by `touch`; where the system cannot tell them, look every few seconds."""
        while not self._stopping.is_set():
            try:
                await self._follow()
            except OSError as error:
                log.warning("The folders cannot be watched.", action="watch", error=str(error))
                await asyncio.sleep(LOOK_SECONDS)
            self._touched.set()

    async def _follow(self) -> None:
        """Report until the system stops telling, or a folder is no longer the one we watch."""
        folders = [folder for folder in self._folders if folder.is_dir()]
        if not folders:
            raise FileNotFoundError(f"there is no folder {self._folders[0]}")
        places = _places(folders)
        watch = awatch(
            *folders,
            watch_filter=None,
            debounce=50,
            step=50,
            rust_timeout=round(LOOK_SECONDS * 1000),
            yield_on_timeout=True,
            stop_event=self._stopping,
        )
        # Runs once the watch stands, so that nothing is saved unseen between reading and watching.
        asyncio.get_running_loop().call_soon(self._touched.set)
        async with aclosing(watch) as batches:
            async for _ in batches:
                self._touched.set()
                if _places(folders) != places:
                    return

    async def _rest(self) -> bool:
        """Wait for a change and then for quiet. False when it is time to stop."""
        await self._touched.wait()
        waited = 0.0
        while not self._stopping.is_set():
            self._touched.clear()
            try:
                await asyncio.wait_for(self._touched.wait(), QUIET_SECONDS)
            except TimeoutError:
                locked = await asyncio.to_thread(_is_locked, self._folders)
                if not locked or waited >= LOCK_SECONDS:
                    return True
                waited += QUIET_SECONDS
        return False


_UNREAD: Prints = (("", 0, 0, 0),)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


def tell_problems(words: Words, problems: tuple[Problem, ...], number: int) -> str:
    """The admins' message about files that were not published."""
    lines = [words("newsroom.files_wrong", number=number)]
    for problem in problems[:TOLD]:
        lines.append(str(problem))
        if problem.remedy:
            lines.append(f"  {problem.remedy}")
    if len(problems) > TOLD:
        lines.append(words("newsroom.files_more", count=len(problems) - TOLD))
    return "\n".join(lines)


def _places(folders: list[Path]) -> tuple[tuple[int, int], ...]:
    """Where the folders are on the disk; one that is gone or replaced is elsewhere."""
    found = []
    for folder in folders:
        try:
            state = folder.stat()
        except OSError:
            return ()
        found.append((state.st_dev, state.st_ino))
    return tuple(found)


def _fingerprint(folders: tuple[Path, ...]) -> Prints:
    """Which YAML files there are, with their times, sizes and places on the disk."""
    prints = []
    for folder in folders:
        for path in sorted(folder.rglob("*.y*ml")):
            try:
                state = path.stat()
            except OSError:
                continue
            prints.append((str(path), state.st_mtime_ns, state.st_size, state.st_ino))
    return tuple(prints)


def _is_locked(folders: tuple[Path, ...]) -> bool:
    """Whether git is writing the tree that one of the folders stands in."""
    return any(
        (parent / ".git" / "index.lock").exists()
        for folder in folders
        for parent in (folder.resolve(), *folder.resolve().parents)
    )
