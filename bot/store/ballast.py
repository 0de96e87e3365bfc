"""Some of the disk is held back, to be given up when the rest is full."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAME = "ballast"
SIZE = 16 << 20
"""Bytes."""
ENOUGH = 10
"""It is made where so many times its size is free."""


def keep(state: Path, size: int = SIZE) -> bool:
    """Have a file of `size` bytes in the state folder, really written; False where there is no
    room for it. Whoever deleted it gets it again at a start with room enough."""
    path = state / NAME
    try:
        if path.exists() and path.stat().st_size >= size:
            return True
        if shutil.disk_usage(state).free < ENOUGH * size:
            return False
        with path.open("wb") as file:
            for _ in range(0, size, 1 << 20):
                # A file system that packs zeros would hold nothing back.
                file.write(os.urandom(1 << 20))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        return False
    return True
