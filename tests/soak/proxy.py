"""A line to PostgreSQL that is cut after a COMMIT has been carried out and before it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

SIZE = 1 << 16


class Proxy:
    """Every `every`th COMMIT is done and never answered. `cuts` counts those."""

    def __init__(self, host: str, port: int, every: int) -> None:
        self._to = host, port
        self._every = every
        self._commits = 0
        self._lines: set[asyncio.Task[None]] = set()
        self.port = 0
        self.cuts = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Proxy]:
        server = await asyncio.start_server(self._line, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for line in self._lines:
                line.cancel()
            await asyncio.gather(*self._lines, return_exceptions=True)

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._lines.add(task)
        there, back = await asyncio.open_connection(*self._to)
        cut = asyncio.Event()
        ways = [
            asyncio.ensure_future(self._ask(reader, back, cut)),
            asyncio.ensure_future(_answer(there, writer, cut)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in (writer, back):
                end.transport.abort()
                with suppress(ConnectionError):
                    await end.wait_closed()
            if task is not None:
                self._lines.discard(task)

    async def _ask(
        self, reader: asyncio.StreamReader, back: asyncio.StreamWriter, cut: asyncio.Event
    ) -> None:
        while data := await reader.read(SIZE):
            if b"COMMIT" in data:
                self._commits += 1
                if self._commits % self._every == 0:
                    self.cuts += 1
                    cut.set()
            back.write(data)
            await back.drain()


async def _answer(
    there: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: asyncio.Event
) -> None:
    """Carry answers, until one must not arrive: then the line ends."""
    while data := await there.read(SIZE):
        if cut.is_set():
            return
        writer.write(data)
        await writer.drain()
