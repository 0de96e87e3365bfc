"""A request's body, as JSON or as multipart, that can tell whether it has left."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Iterator, Mapping

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import StreamWriter

from bot.delivery import codec

Params = Mapping[str, object]
Files = Mapping[str, tuple[str, bytes, str]]
"""Field name to (file name, content, media type)."""

CHUNK = 32 * 1024


class Body(aiohttp.payload.Payload):
    """A request's body that knows whether its last byte was handed to the socket."""

    def __init__(self, pieces: tuple[bytes, ...], content_type: str) -> None:
        super().__init__(None, content_type=content_type)
        self._pieces = pieces
        self._size = sum(map(len, pieces))
        self._abandoned = False
        self._transport: asyncio.Transport | None = None
        self.handed = False

    def abandon(self) -> None:
        """Nothing is written from here on, so that "not sent" stays true."""
        self._abandoned = True
        if self._transport is not None and not self.handed:
            # A mere close would wait for a server that does not read.
            self._transport.abort()

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return b"".join(self._pieces).decode(encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        if isinstance(writer, StreamWriter):
            self._transport = writer.transport
        chunks = list(self._chunks())
        for chunk in chunks[:-1]:
            self._guard()
            await writer.write(chunk)
        self._guard()
        self.handed = True
        try:
            await writer.write(chunks[-1])
        except aiohttp.ClientConnectionResetError:
            # aiohttp looks at the transport first, and waits only after more than 64 KiB: with a
            # single chunk nothing was written.
            self.handed = len(chunks) > 1
            raise

    def _guard(self) -> None:
        if self._abandoned:
            raise ConnectionAbortedError("the call was given up")

    def _chunks(self) -> Iterator[bytes | memoryview]:
        for piece in self._pieces:
            if len(piece) <= CHUNK:
                yield piece
            else:
                view = memoryview(piece)
                for start in range(0, len(piece), CHUNK):
                    yield view[start : start + CHUNK]


def as_json(params: Params) -> Body:
    """Where no file goes along."""
    return Body((codec.encode(params),), "application/json")


def as_multipart(params: Params, files: Files) -> Body:
    """Parameters first, then the files."""
    boundary = secrets.token_hex(16)
    pieces: list[bytes] = []
    for name, value in params.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n'
        pieces.append(f"{head}{text}\r\n".encode("utf-8", "replace"))
    for name, (filename, content, media) in files.items():
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"; '
            f'filename="{_quoted(filename)}"\r\nContent-Type: {_quoted(media)}\r\n\r\n'
        )
        pieces += [head.encode("utf-8", "replace"), content, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return Body(tuple(pieces), f"multipart/form-data; boundary={boundary}")


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
