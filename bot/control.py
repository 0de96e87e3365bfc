"""The operator's line into the running bot: a Unix socket in the state folder, for its owner only.

    asked     {"do": "send", "with": {"edition": "daily"}}
    answered  {"event": {"owed": 1000}} ... then {"done": {...}} or {"refused": "why"}

One JSON object a line, of bounded size; one request at a time on a connection, as many as wanted.
What was begun is brought to its end though the one who asked goes away.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from bot import telemetry
from bot.errors import BriefingError

log = telemetry.logger(__name__)

NAME = "control"
LONGEST = 2 * 1024 * 1024
"""Bytes of one line, either way."""
GUESTS = 8
LONGEST_PATH = 100
"""Bytes that a socket's address surely holds; Linux has 108, others 104."""
LEAVE = 5.0
CONNECT = 2.0

Fields = dict[str, object]
Tell = Callable[[Fields], Awaitable[bool]]
"""Send an event; False when nobody listens any more."""
Perform = Callable[[str, Fields, Tell], Awaitable[Fields]]
"""Carry out what is asked, by name; raises BriefingError with the reason why not."""


class NobodyThere(BriefingError):
    """No bot runs on this state folder, or it does not answer."""


class Control:
    """The running bot's end.

    control = Control(state, perform)
    await control.start()      # False where another process answers there already
    await control.stop()
    """

    def __init__(self, state: Path, perform: Perform) -> None:
        self._state = state
        self._perform = perform
        self._server: asyncio.Server | None = None
        self._guests: set[asyncio.Task[None]] = set()
        self._at_work: set[asyncio.Task[Fields]] = set()
        self._inode = 0

    async def start(self) -> bool:
        """Listen. A socket that a dead process left is removed. Raises OSError."""
        if await is_answering(self._state):
            log.warning("Another process answers the command line here.", action="control taken")
            return False
        sock = _bind(self._state)
        try:
            self._inode = (self._state / NAME).stat().st_ino
            self._server = await asyncio.start_unix_server(self._meet, sock=sock, limit=LONGEST)
        except BaseException:
            sock.close()
            raise
        return True

    async def stop(self) -> None:
        """Answer no more; what is being done has five seconds to come to its end."""
        if self._server is None:
            return
        self._server.close()
        path = self._state / NAME
        with suppress(OSError):
            if path.stat().st_ino == self._inode:
                path.unlink()
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=LEAVE)
        tasks: list[asyncio.Task[Fields] | asyncio.Task[None]] = [*self._at_work, *self._guests]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer), name="control")
        self._guests.add(task)
        task.add_done_callback(self._guests.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guest = _Guest(writer)
        try:
            if len(self._guests) > GUESTS:
                await guest.send({"refused": "Too many commands at once; try again."})
                return
            while (line := await _line(reader)) is not None:
                await self._answer(line, guest)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, line: bytes, guest: _Guest) -> None:
        try:
            asked = json.loads(line)
        except (ValueError, RecursionError):
            asked = None
        given = asked.get("with", {}) if isinstance(asked, dict) else None
        name = asked.get("do") if isinstance(asked, dict) else None
        if not isinstance(name, str) or not isinstance(given, dict):
            await guest.send({"refused": "That is no request of ours; are both of one release?"})
            return
        work = asyncio.create_task(self._carry_out(name, given, guest), name=f"control {name}")
        self._at_work.add(work)
        work.add_done_callback(self._at_work.discard)
        # Shielded: the operator's Ctrl-C must not leave a send half written down.
        await guest.send(await asyncio.shield(work))

    async def _carry_out(self, name: str, given: Fields, guest: _Guest) -> Fields:
        [result] = await asyncio.gather(
            self._perform(name, given, guest.tell), return_exceptions=True
        )
        if isinstance(result, BriefingError):
            return {"refused": str(result)}
        if isinstance(result, Exception):
            log.error("A command failed.", action="command failed", name=name, exc_info=result)
            return {"refused": "That failed in our own code; the bot's log has the details."}
        if isinstance(result, BaseException):
            raise result
        return {"done": result}


def _bind(state: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        (state / NAME).unlink(missing_ok=True)
        with _address(state) as address:
            sock.bind(address)
            # Nobody can connect before it listens, so its mode is in time.
            Path(address).chmod(0o600)
        sock.listen(GUESTS)
        sock.setblocking(False)
    except BaseException:
        sock.close()
        raise
    return sock


class _Guest:
    """Whoever asks. What is written to one who has gone is dropped."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, body: Mapping[str, object]) -> bool:
        if self._writer.is_closing():
            return False
        try:
            self._writer.write(json.dumps(body, ensure_ascii=False).encode() + b"\n")
            await self._writer.drain()
        except OSError:
            return False
        return True

    async def tell(self, event: Fields) -> bool:
        return await self.send({"event": event})


async def _line(reader: asyncio.StreamReader) -> bytes | None:
    """The next line; None at the end, or where one is too long to be ours."""
    try:
        line = await reader.readline()
    except (ValueError, OSError):
        return None
    return line if line.endswith(b"\n") else None


# --- the command line's end ----------------------------------------------------------------


class Line:
    """An open line to the running bot."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(
        self,
        name: str,
        given: Fields,
        hear: Callable[[Fields], None] = lambda _: None,
        timeout: float | None = None,
    ) -> Fields:
        """Ask, hear the events, and return what came of it.

        `timeout` counts seconds of silence. Raises BriefingError with the bot's own words where
        it refuses, NobodyThere where it falls silent.
        """
        request = json.dumps({"do": name, "with": given}, ensure_ascii=False).encode() + b"\n"
        if len(request) > LONGEST:
            raise BriefingError("That is too much for one request.")
        try:
            self._writer.write(request)
            await self._writer.drain()
            while True:
                line = await asyncio.wait_for(_line(self._reader), timeout)
                if line is None:
                    raise NobodyThere("The bot ended before it answered.")
                answer = json.loads(line)
                if "event" in answer:
                    hear(answer["event"])
                elif "refused" in answer:
                    raise BriefingError(str(answer["refused"]))
                else:
                    return dict(answer["done"])
        except TimeoutError:
            raise NobodyThere("The bot does not answer.") from None
        except OSError as error:
            raise NobodyThere("The bot ended before it answered.") from error


@asynccontextmanager
async def calling(state: Path) -> AsyncIterator[Line]:
    """A line to the bot that runs on this state folder. Raises NobodyThere."""
    try:
        with _address(state) as address:
            connecting = asyncio.open_unix_connection(address, limit=LONGEST)
            reader, writer = await asyncio.wait_for(connecting, CONNECT)
    except (OSError, TimeoutError) as error:
        raise NobodyThere(f"No bot answers in {state}.") from error
    try:
        yield Line(reader, writer)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def is_answering(state: Path) -> bool:
    """Whether somebody listens there."""
    try:
        async with calling(state):
            return True
    except NobodyThere:
        return False


@contextmanager
def _address(state: Path) -> Iterator[str]:
    """The socket's address; by way of an open folder where the path is too long for one."""
    plain = str(state / NAME)
    if len(os.fsencode(plain)) <= LONGEST_PATH:
        yield plain
        return
    folder = os.open(state, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{NAME}"
    finally:
        os.close(folder)
