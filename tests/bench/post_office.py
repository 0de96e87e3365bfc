"""The other end, for measuring: takes `sendMessage` as fast as a core can, and notes when.

    python tests/bench/post_office.py [--latency 0.02] [--jitter 0.04] [--limit 30]

prints its address. `jitter` is the median of what a message takes on its way here (log-normal),
`latency` that of the answer. `limit` refuses with a 429 what would be more than so many in any
second, by the moment of arrival. `GET /stats` answers {"sent": [[moment, chat], ...],
"refused": [moment, ...]}; moments are `time.time()`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import sys
import time
from collections import deque
from pathlib import Path

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
        self._recent: deque[float] = deque()

    def on_the_way(self) -> float:
        """Seconds until a request arrives."""
        return self._jitter * self._draws.lognormvariate(0, 0.5)

    def answer(self, head: bytes, body: bytes) -> tuple[bytes, float]:
        """What is said to a request, and after how many seconds."""
        path = head.split(b" ", 2)[1]
        if path == b"/stats":
            return _said(200, {"sent": self.sent, "refused": self.refused}), 0.0
        if path.endswith(b"getUpdates"):
            return _said(200, {"ok": True, "result": []}), 1.0
        if not path.endswith(b"sendMessage"):
            me = {"id": 4242, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
            return _said(200, {"ok": True, "result": me}), self.latency
        now = time.time()
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
        while self._recent and self._recent[0] <= now - 1.0:
            self._recent.popleft()
        if len(self._recent) >= self.limit:
            return False
        self._recent.append(now)
        return True


class Counter(asyncio.Protocol):
    """One connection; requests on it come one after the other."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._kept = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._kept += data
        while (end := self._kept.find(b"\r\n\r\n")) >= 0:
            head = self._kept[:end]
            found = LENGTH.search(head)
            size = 0 if found is None else int(found[1])
            if len(self._kept) < end + 4 + size:
                return
            body = self._kept[end + 4 : end + 4 + size]
            self._kept = self._kept[end + 4 + size :]
            way = self._office.on_the_way()
            if way:
                asyncio.get_running_loop().call_later(way, self._take, head, body)
            else:
                self._take(head, body)

    def _take(self, head: bytes, body: bytes) -> None:
        answer, after = self._office.answer(head, body)
        if self._transport is not None and after:
            asyncio.get_running_loop().call_later(after, self._transport.write, answer)
        elif self._transport is not None:
            self._transport.write(answer)


def _said(status: int, answer: dict[str, object]) -> bytes:
    body = json.dumps(answer).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


async def main(latency: float, limit: int, jitter: float) -> None:
    office = Office(latency, limit, jitter)
    server = await asyncio.get_running_loop().create_server(
        lambda: Counter(office), "127.0.0.1", 0, backlog=2048
    )
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=Path(__file__).name)
    words.add_argument("--latency", type=float, default=0.02)
    words.add_argument("--limit", type=int, default=0)
    words.add_argument("--jitter", type=float, default=0.0)
    given = words.parse_args()
    asyncio.run(main(given.latency, given.limit, given.jitter))
