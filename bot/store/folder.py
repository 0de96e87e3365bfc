"""The state folder, held by one process at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from bot.errors import StateInUse, StoreError


def make(folder: Path) -> None:
    """Have the folder, for this user to write to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(folder, error) from None


def _unusable(folder: Path, error: OSError) -> StoreError:
    return StoreError(
        f"The state folder {folder} cannot be used: {(error.strerror or 'unknown').lower()}. "
        "Give this user the right to write there, or set BRIEFING_STATE to another folder."
    )


def hold(state: Path, path: Path) -> tuple[int, ...]:
    """Take the locks of the state folder and of the file for as long as this process lives.

    Two folders may name one file: its own lock, beside it, keeps the second process out.
    """
    for folder in (state, path.parent):
        make(folder)
    first = _take(
        state / "lock",
        f"uses the state folder {state}; stop it first, or set BRIEFING_STATE to another folder.",
    )
    try:
        beside = path.with_name(f"{path.name}.lock")
        return first, _take(beside, f"uses the database {path}; stop it first.")
    except BaseException:
        os.close(first)
        raise


def _take(lock: Path, busy: str) -> int:
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unusable(lock.parent, error) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(handle, 20).decode(errors="replace").strip() or "unknown"
        os.close(handle)
        raise StateInUse(f"Another process (pid {holder}) {busy}") from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return handle


def is_held(state: Path) -> bool | None:
    """Whether a process holds the state folder; None where none ever did (or on PostgreSQL)."""
    try:
        handle = os.open(state / "lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
