"""The other end, for measuring: takes `sendMessage` as fast as a core can, and notes when.

    python tests/bench/post_office.py [--latency 0.02] [--jitter 0.04] [--limit 30]

prints its address. `jitter` is the median of what a message takes on its way here (log-normal),
`latency` that of the answer. `limit` refuses with a 429 what would be more than so many in any
second, by the moment of arrival. `GET /stats` answers {"sent": [[moment, chat], ...],
"refused": [moment, ...]}; moments are `time.time()`.

A request has arrived when the kernel had its last byte, however late we get to see it: on a busy
machine the measure would else find a crowd where there was none.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import socket
import struct
import sys
import time
from bisect import bisect_right, insort
from pathlib import Path

SO_TIMESTAMPNS = 35
STAMP = struct.Struct("qq")
KEPT = 5.0
"""Seconds for which arrivals are remembered: what is seen late may have come earlier."""
CHAT = re.compile(rb'chat_id"?[:=]\s*"?(-?\d+)')
LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)


class Office:
    """What was taken and what was refused, in the order of arrival."""

    def __init__(self, latency: float, limit: int, jitter: float) -> None:
        self.latency = latency
        self._jitter = jitter
        self._draws = random.Random(1)
        self.limit = limit
        self.sent: list[tuple[float, int]] = []
        self.refused: list[float] = []
        self._recent: list[float] = []

    def on_the_way(self) -> float:
        """Seconds until a request arrives."""
        return self._jitter * self._draws.lognormvariate(0, 0.5)

    def answer(self, head: bytes, body: bytes, now: float) -> tuple[bytes, float]:
        """What is said to a request that arrived `now`, and after how many seconds."""
        path = head.split(b" ", 2)[1]
        if path == b"/stats":
            return _said(200, {"sent": self.sent, "refused": self.refused}), 0.0
        if path.endswith(b"getUpdates"):
            return _said(200, {"ok": True, "result": []}), 1.0
        if not path.endswith(b"sendMessage"):
            me = {"id": 4242, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
            return _said(200, {"ok": True, "result": me}), self.latency
        if self.limit and not self._has_room(now):
            self.refused.append(now)
            said = "Too Many Requests: retry after 1"
            refusal = {"ok": False, "error_code": 429, "description": said}
            return _said(429, refusal | {"parameters": {"retry_after": 1}}), self.latency
        found = CHAT.search(body)
        chat = 0 if found is None else int(found[1])
        self.sent.append((now, chat))
        message = {
            "message_id": len(self.sent),
            "date": int(now),
            "chat": {"id": chat, "type": "private", "first_name": "Reader"},
            "text": "taken",
        }
        return _said(200, {"ok": True, "result": message}), self.latency

    def _has_room(self, now: float) -> bool:
        while self._recent and self._recent[0] <= now - KEPT:
            self._recent.pop(0)
        until = bisect_right(self._recent, now)
        if until - bisect_right(self._recent, now - 1.0) >= self.limit:
            return False
        insort(self._recent, now)
        return True


class Line:
    """One connection; requests on it come one after the other."""

    def __init__(self, office: Office, sock: socket.socket) -> None:
        self._office = office
        self._kept = b""
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._telling: asyncio.Task[None] | None = None
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._loop.add_reader(sock, self._read)

    def _read(self) -> None:
        try:
            data, notes, _, _ = self._sock.recvmsg(65536, 64)
        except BlockingIOError:
            return
        except OSError:
            data, notes = b"", []
        if not data:
            self._loop.remove_reader(self._sock)
            self._sock.close()
            return
        arrived = time.time()
        for _, kind, note in notes:
            if kind == SO_TIMESTAMPNS:
                seconds, nanos = STAMP.unpack(note)
                arrived = seconds + nanos / 1e9
        self._kept += data
        while (end := self._kept.find(b"\r\n\r\n")) >= 0:
            head = self._kept[:end]
            found = LENGTH.search(head)
            size = 0 if found is None else int(found[1])
            if len(self._kept) < end + 4 + size:
                return
            body = self._kept[end + 4 : end + 4 + size]
            self._kept = self._kept[end + 4 + size :]
            at = arrived + self._office.on_the_way()
            if at > time.time():
                self._loop.call_later(at - time.time(), self._take, head, body, at)
            else:
                self._take(head, body, at)

    def _take(self, head: bytes, body: bytes, at: float) -> None:
        answer, after = self._office.answer(head, body, at)
        if after:
            self._loop.call_later(after, self._tell, answer)
        else:
            self._tell(answer)

    def _tell(self, answer: bytes) -> None:
        try:
            told = self._sock.send(answer)
        except BlockingIOError:
            told = 0
        except OSError:
            return
        if told < len(answer):
            rest = self._loop.sock_sendall(self._sock, answer[told:])
            self._telling = self._loop.create_task(rest)


def _said(status: int, answer: dict[str, object]) -> bytes:
    body = json.dumps(answer).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


async def main(latency: float, limit: int, jitter: float) -> None:
    office = Office(latency, limit, jitter)
    door = socket.create_server(("127.0.0.1", 0), backlog=2048)
    door.setblocking(False)
    door.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    sys.stdout.write(f"http://127.0.0.1:{door.getsockname()[1]}\n")
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    while True:
        sock, _ = await loop.sock_accept(door)
        Line(office, sock)


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=Path(__file__).name)
    words.add_argument("--latency", type=float, default=0.02)
    words.add_argument("--limit", type=int, default=0)
    words.add_argument("--jitter", type=float, default=0.0)
    given = words.parse_args()
    asyncio.run(main(given.latency, given.limit, given.jitter))
