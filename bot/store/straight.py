"""SQLite without a way between: a whole transaction in one visit to a thread.

Each statement of an asynchronous driver is a way to its thread and back, dearer than most
statements. What writes all the time is run to its end over there instead.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class Straight:
    """A connection as `fetch` takes it, whose answers are there at once."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver

    def fetch(self, sql: str, values: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        """Run a statement in SQLite's own words; its rows."""
        return self._driver.execute(sql, dict(values)).fetchall()


class Hand:
    """A thread with a connection of its own, opened at the first transaction."""

    def __init__(self, path: Path, pragmas: Sequence[str]) -> None:
        self._path = path
        self._pragmas = pragmas
        self._driver: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite hand")

    async def carry_out(self, work: Callable[[Straight], Awaitable[T]]) -> T:
        """Do `work` in one transaction. Raises sqlite3.Error.

        `work` may wait for nothing but the connection, else RuntimeError. Cancelled, this ends
        only when the transaction has.
        """
        doing = asyncio.get_running_loop().run_in_executor(self._thread, self._carry_out, work)
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            await asyncio.gather(doing, return_exceptions=True)
            raise

    async def close(self) -> None:
        """Let go of the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    def _carry_out(self, work: Callable[[Straight], Awaitable[T]]) -> T:
        driver = self._open()
        driver.execute("BEGIN IMMEDIATE")
        try:
            result = _run(work(Straight(driver)))
            driver.execute("COMMIT")
        except BaseException:
            if driver.in_transaction:
                driver.execute("ROLLBACK")
            raise
        return result

    def _close(self) -> None:
        if self._driver is not None:
            self._driver.close()
            self._driver = None

    def _open(self) -> sqlite3.Connection:
        if self._driver is None:
            driver = sqlite3.connect(self._path, isolation_level=None)
            try:
                for pragma in self._pragmas:
                    driver.execute(pragma)
            except BaseException:
                driver.close()
                raise
            self._driver = driver
        return self._driver


def _run(work: Awaitable[T]) -> T:
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as end:
        result: T = end.value
        return result
    steps.close()
    raise RuntimeError("A transaction in one go waits for something else.")
