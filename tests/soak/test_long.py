"""O4: a broadcast that does not end for a long time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.soak.stage import Stage, number_of

MEGABYTE = 1 << 20


@pytest.mark.soak
async def test_a_long_broadcast_grows_neither_memory_nor_log(
    sqlite_url: str, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    """Hours at 25 a second, in a minute or two at as fast as it goes."""
    number = number_of("SOAK_LONG", 40_000)
    log = Path(f"{sqlite_url}-wal")
    async with Stage.open(sqlite_url, tmp_path / "state", seed=1, rate=1000.0) as stage:
        await stage.owe(number)
        worker = await stage.hire()
        await worker.says("ready")
        memory: list[int] = []
        longest = 0
        idle = asyncio.ensure_future(worker.says("idle", patience=1800.0))
        while not idle.done():
            await asyncio.wait({idle}, timeout=1.0)
            memory.append(worker.memory)
            longest = max(longest, _size(log))
        await worker.stop()
        found = await stage.reckon()
    early, late = memory[len(memory) // 4], memory[-1]
    figure(
        f"{number} messages in {len(memory)} s: memory {early / MEGABYTE:.0f} MB after a quarter, "
        f"{late / MEGABYTE:.0f} MB at the end; log {longest / MEGABYTE:.0f} MB at most"
    )
    assert found.states == {"sent": number}
    assert found.doubled == 0
    assert late - early < 16 * MEGABYTE
    assert longest < 128 * MEGABYTE


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
