"""Servers that misbehave on purpose, each in its own way, on a free port of this machine."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from bot.delivery.transport import HttpCarrier

TOKEN = "4242:SECRET-of-the-test"

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(behaviour: Behaviour) -> AsyncIterator[str]:
    """A TCP server that treats each connection with `behaviour`; yields its address."""

    treated: set[asyncio.Future[None]] = set()
    left: set[asyncio.Event] = set()

    async def treat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gone = asyncio.Event()
        left.add(gone)
        task = asyncio.ensure_future(behaviour(reader, writer))
        treated.add(task)
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) is not None:
            assert isinstance(error, ConnectionError | asyncio.IncompleteReadError), error
            writer.transport.abort()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        gone.set()

    server = await asyncio.start_server(treat, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.close()
        for task in treated:
            task.cancel()
        for gone in left:
            await gone.wait()


@asynccontextmanager
async def carrying(address: str, *, in_flight: int = 8) -> AsyncIterator[HttpCarrier]:
    carrier = HttpCarrier(address, TOKEN, in_flight=in_flight)
    try:
        yield carrier
    finally:
        await carrier.close()


def closed_port() -> str:
    """An address of this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


async def request(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of one request."""
    head = await reader.readuntil(b"\r\n\r\n")
    found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return head, await reader.readexactly(int(found.group(1)) if found else 0)


def reset(writer: asyncio.StreamWriter) -> None:
    """Cut the connection with RST, as a crashed or angry server does."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def answering(
    body: bytes, *, status: str = "200 OK", headers: str = "", length: int | None = None
) -> Behaviour:
    """Reads each request whole and answers it with `body`."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await request(reader)
            size = len(body) if length is None else length
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n{headers}\r\n".encode())
            writer.write(body)
            await writer.drain()
            if length is not None:
                return

    return behave
