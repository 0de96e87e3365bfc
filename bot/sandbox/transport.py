"""The pretend Telegram without a socket: calls in, bytes out, in one process.

carrier = InProcess(world, sleep=clock.sleep)
status, body = await carrier.post("sendMessage", {"chat_id": 1, "text": "Hi"}, None, 20.0)
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from bot.sandbox.dispatch import Files, call
from bot.sandbox.exchange import Answer, Sleep, exchange
from bot.sandbox.state import State


class InProcess:
    """Carries calls to a world. `sleep` measures timeouts and waiting: a virtual clock's own.

    Raises ConnectionRefusedError (nothing was sent), ConnectionResetError and TimeoutError
    (nobody knows), as scripted.
    """

    def __init__(self, world: State, *, sleep: Sleep = asyncio.sleep) -> None:
        self._world = world
        self._sleep = sleep
        self._closed = False

    async def post(
        self,
        method: str,
        params: Mapping[str, object],
        files: Files | None,
        timeout: float,
    ) -> tuple[int, bytes]:
        """One call; the HTTP status and the body of the answer."""
        if self._closed:
            raise ConnectionRefusedError("this carrier was closed")
        # A turn of the loop, as any real call takes: a busy sender must not starve the others.
        await asyncio.sleep(0)
        if not self._world.faults.scripts and method.lower() != "getupdates":
            reply = call(self._world, method, params, files or {})
            return reply.status, reply.encoded()
        answer = await self._race(method, params, files or {}, timeout)
        return answer.status, answer.body

    async def _race(
        self, method: str, params: Mapping[str, object], files: Files, seconds: float
    ) -> Answer:
        answering = asyncio.ensure_future(exchange(self._world, method, params, files, self._sleep))
        limit = asyncio.ensure_future(self._sleep(seconds))
        try:
            await asyncio.wait({answering, limit}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                raise TimeoutError(f"no answer in {seconds:g} s")
            return answering.result()
        finally:
            answering.cancel()
            limit.cancel()

    async def close(self) -> None:
        """No more calls."""
        self._closed = True
