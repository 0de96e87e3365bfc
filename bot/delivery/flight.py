"""The flight log: what a worker has on the wire, in a file that outlives the worker.

    flight 1 BOOT                    the machine's boot: its page cache survives a kill, not a crash
    c TOKEN                          what is claimed under this token is mine
    b TOKEN ID PART                  the first byte is about to be written
    e TOKEN ID PART MESSAGE          it arrived, as this message (0: without a number)
    n TOKEN ID PART                  it certainly did not arrive

Whoever starts next reads it: no `b` means that nothing was sent, `e` that it was; only `b` alone
leaves the question open. A lock on the file tells that its worker still lives, frozen or not.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot import telemetry

log = telemetry.logger(__name__)

LIMIT = 1 << 20
"""Bytes after which the file is written anew with what is still open."""
UNSURE = 100
"""How many claims are remembered of which the database did not say what they took; beyond that
their leases tell."""
BOOT = Path("/proc/sys/kernel/random/boot_id")
MAGIC = "flight 1"

Fate = Literal["waiting", "open", "arrived", "missed"]
Flown = tuple[str, int, int]
"""Token, delivery, part."""


def boot_id() -> str:
    """What names this run of the machine; empty where the system does not tell."""
    try:
        return BOOT.read_text("ascii").strip()
    except OSError:
        return ""


class Flight:
    """One worker's log, kept in `folder`; without a folder nothing is kept.

    A folder that cannot be written to keeps the worker from sending: `begin` says no.
    """

    def __init__(self, folder: Path | None = None, *, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit
        self._path: Path | None = None
        self._handle: int | None = None
        self._size = 0
        self._claims: dict[str, int] = {}
        self._lines: dict[tuple[str, int], str] = {}

    def claim(self, token: str) -> None:
        """Rows are about to be claimed under `token`."""
        unsure = [one for one, count in self._claims.items() if count < 0]
        if len(unsure) >= UNSURE:
            del self._claims[unsure[0]]
        self._claims[token] = -1
        self._write(f"c {token}\n")

    def claimed(self, token: str, count: int) -> None:
        """So many were."""
        if count:
            self._claims[token] = count
        else:
            del self._claims[token]

    def begin(self, token: str, key: int, part: int) -> bool:
        """The first byte of this part may be written now, unless the answer is False."""
        line = f"b {token} {key} {part}\n"
        self._lines[token, key] = line
        return self._write(line)

    def arrived(self, token: str, key: int, part: int, message: int | None) -> None:
        """Telegram said that it did."""
        self._end(token, key, f"e {token} {key} {part} {message or 0}\n")

    def missed(self, token: str, key: int, part: int) -> None:
        """There is proof that it did not."""
        self._end(token, key, f"n {token} {key} {part}\n")

    def forget(self, token: str, key: int) -> None:
        """The database knows how it ended."""
        self._lines.pop((token, key), None)
        left = self._claims.get(token, 0) - 1
        if left > 0:
            self._claims[token] = left
        elif left == 0:
            del self._claims[token]

    def close(self) -> None:
        """Let go of the file; it is left for the next start if anything is still open in it."""
        if self._handle is None or self._path is None:
            return
        if not self._claims:
            self._path.unlink(missing_ok=True)
        self.drop()

    def drop(self) -> None:
        """Let go of the file as a killed process does."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def relics(self) -> Iterator[Relic]:
        """The logs of workers that live no more, each held until it is closed."""
        if self._folder is None:
            return
        for path in sorted(self._folder.glob("*.log")):
            if path == self._path:
                continue
            relic = _take(path)
            if relic is not None:
                yield relic

    def _end(self, token: str, key: int, line: str) -> None:
        self._lines[token, key] = self._lines.get((token, key), "") + line
        self._write(line)

    def _write(self, line: str) -> bool:
        """Append one record; after a failure the file is written anew before anything leaves."""
        if self._folder is None:
            return True
        data = line.encode("ascii")
        try:
            if self._handle is None or self._size > self._limit:
                self._renew(self._folder)
            elif os.write(self._handle, data) < len(data):
                raise OSError("the record was cut short")
        except OSError as error:
            log.error(
                "The flight log cannot be written; nothing is sent until it can.",
                action="flight",
                error=str(error.strerror or error),
            )
            self._size = self._limit + 1
            return False
        self._size += len(data)
        return True

    def _renew(self, folder: Path) -> None:
        """Put a file with all that is open in the place of the old one, locked all the while."""
        folder.mkdir(parents=True, exist_ok=True)
        path = self._path or folder / f"{os.getpid()}-{secrets.token_hex(4)}.log"
        draft = path.with_suffix(".new")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            text = [f"{MAGIC} {boot_id()}\n", *(f"c {token}\n" for token in self._claims)]
            data = "".join((*text, *self._lines.values())).encode("ascii")
            if os.write(handle, data) < len(data):
                raise OSError("the log was cut short")
            draft.replace(path)
        except BaseException:
            os.close(handle)
            draft.unlink(missing_ok=True)
            raise
        self.drop()
        self._handle, self._path, self._size = handle, path, len(data)


@dataclass
class Relic:
    """A log that was left behind. `is_ours` is False for one of another boot or another make."""

    path: Path
    handle: int
    is_ours: bool
    tokens: set[str] = field(default_factory=set)
    began: set[Flown] = field(default_factory=set)
    ended: dict[Flown, int | None] = field(default_factory=dict)

    def fate(self, token: str, key: int, part: int) -> tuple[Fate, int | None]:
        """What became of one part, and its message's number if that is known."""
        flown = (token, key, part)
        if flown in self.ended:
            message = self.ended[flown]
            return ("missed", None) if message is None else ("arrived", message or None)
        return ("open" if flown in self.began else "waiting"), None

    def close(self, *, done: bool) -> None:
        """Let go of it, and remove it when what it told is `done`."""
        if done:
            self.path.unlink(missing_ok=True)
        os.close(self.handle)


def _take(path: Path) -> Relic | None:
    """Hold and read a log; None if its worker lives or somebody else reads it."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The file at this path may be a newer one by now, whose worker lives.
        if not os.path.samestat(os.fstat(handle), path.stat()):
            raise BlockingIOError
        with os.fdopen(os.dup(handle), "rb") as file:
            return _read(path, handle, file.read())
    except OSError:
        os.close(handle)
        return None


def _read(path: Path, handle: int, data: bytes) -> Relic:
    head, *lines = data.decode("ascii", errors="replace").split("\n")
    boot = boot_id()
    relic = Relic(path, handle, bool(boot) and head == f"{MAGIC} {boot}")
    if not relic.is_ours:
        return relic
    # What follows the last line end was never written whole, so nothing was done upon it.
    try:
        for line in lines[:-1]:
            _note(relic, line.split(" "))
    except ValueError:
        relic.is_ours = False
    return relic


def _note(relic: Relic, words: list[str]) -> None:
    match words:
        case ["c", token]:
            relic.tokens.add(token)
        case ["b", token, key, part]:
            relic.began.add((token, int(key), int(part)))
        case ["e", token, key, part, message]:
            relic.ended[token, int(key), int(part)] = int(message)
        case ["n", token, key, part]:
            relic.ended[token, int(key), int(part)] = None
        case _:
            raise ValueError("no record of ours")
