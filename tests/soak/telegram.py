"""A Bot API in a process of its own that keeps a ledger of what it did, and misbehaves on request.

    python -m tests.soak.telegram SEED '{"too_many": 0.01, "lose": 0.01}'

It knows nothing of the bot. `POST /bot<token>/sendMessage` takes 20 ms to act and 30 ms to
answer; `GET /ledger` tells all that it did, when, by the machine's own seconds.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import Counter

from aiohttp import web

BEFORE = 0.02
AFTER = 0.03
SILENCE = 600.0

# Each fault: what is done with the message, and what the caller sees of it.
FAULTS = (
    "too_many",  # 429, nothing done
    "gateway",  # 502, nothing done
    "reset",  # nothing done, connection cut
    "swallow",  # nothing done, silence
    "lose",  # done, then the connection is cut
    "mute",  # done, then silence
    "broken",  # done, answered with a 200 that is no JSON
    "blocked",  # 403, nothing done
    "refused",  # 400, nothing done
)
REFUSALS = {
    "too_many": (429, "Too Many Requests: retry after 1", {"retry_after": 1}),
    "blocked": (403, "Forbidden: bot was blocked by the user", None),
    "refused": (400, "Bad Request: FRESH_WORDS", None),
}


class Telegram:
    """The ledger: (seconds, chat, text) of each message that was delivered."""

    def __init__(self, seed: int, chances: dict[str, float]) -> None:
        self._draws = random.Random(seed)
        self._chances = chances
        self.done: list[tuple[float, int, str]] = []
        self.hits: Counter[str] = Counter()
        self.calls: list[float] = []

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/ledger":
            return web.json_response({"done": self.done, "hits": self.hits, "calls": self.calls})
        if not request.path.endswith("/sendMessage"):
            return self._say(200, {"ok": True, "result": {"id": 1, "is_bot": True}})
        params = json.loads(await request.read())
        self.calls.append(time.monotonic())
        fault = self._pick()
        self.hits[fault] += 1
        await asyncio.sleep(BEFORE)
        if fault in REFUSALS:
            code, words, parameters = REFUSALS[fault]
            body: dict[str, object] = {"ok": False, "error_code": code, "description": words}
            return self._say(
                code, body if parameters is None else body | {"parameters": parameters}
            )
        if fault == "gateway":
            return web.Response(status=502, text="<html>Bad Gateway</html>")
        if fault in {"reset", "swallow"}:
            return await self._nothing(request, silent=fault == "swallow")
        self.done.append((time.monotonic(), int(params["chat_id"]), str(params["text"])))
        number = len(self.done)
        await asyncio.sleep(AFTER)
        if fault in {"lose", "mute"}:
            return await self._nothing(request, silent=fault == "mute")
        if fault == "broken":
            return web.Response(text='{"ok": true, "result": {"mess')
        return self._say(200, {"ok": True, "result": {"message_id": number}})

    def _pick(self) -> str:
        at = self._draws.random()
        for fault in FAULTS:
            at -= self._chances.get(fault, 0.0)
            if at < 0:
                return fault
        return ""

    @staticmethod
    def _say(status: int, body: dict[str, object]) -> web.Response:
        return web.json_response(body, status=status)

    @staticmethod
    async def _nothing(request: web.BaseRequest, *, silent: bool) -> web.StreamResponse:
        if silent:
            await asyncio.sleep(SILENCE)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


async def main(seed: int, chances: dict[str, float]) -> None:
    telegram = Telegram(seed, chances)
    runner = web.ServerRunner(web.Server(telegram.answer, access_log=None))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), json.loads(sys.argv[2])))
