"""What the outside may ask over HTTP: Telegram's webhook, and whether the bot is well.

The webhook answers 200 only once an update is kept; with the store away it answers 503, and the
Bot API server keeps the update and brings it again.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import web

from bot import telemetry
from bot.errors import StoreError

log = telemetry.logger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
MOST_BYTES = 1024 * 1024
RETRY_AFTER = "5"
PATIENCE = 20.0
"""Seconds in which a body has to arrive; Telegram's comes at once."""


class Hook(Protocol):
    """Where a webhook's updates go: both raise StoreError while nothing can be kept."""

    @property
    def path(self) -> str: ...

    @property
    def secret(self) -> str: ...

    async def keep(self, updates: list[dict[str, Any]]) -> None: ...

    async def set_aside(self, body: bytes) -> None: ...


Health = Callable[[], Awaitable[dict[str, object]]]
"""What is known of the bot; `ready` tells whether it serves."""


class Web:
    """A small server. `hook` is None while polling."""

    def __init__(
        self,
        health: Health,
        hook: Hook | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._health = health
        self._patience = patience
        app = web.Application(client_max_size=MOST_BYTES)
        if hook is not None:

            async def update(request: web.Request) -> web.Response:
                return await self._update(request, hook)

            app.router.add_post(hook.path or "/", update)
        app.router.add_get("/healthz", self._alive)
        app.router.add_get("/readyz", self._ready)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0, lingering_time=1.0)

    async def start(self, host: str, port: int) -> None:
        """Listen. OSError where the port is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()

    async def close(self) -> None:
        await self._runner.cleanup()

    async def _update(self, request: web.Request, hook: Hook) -> web.Response:
        """One update. The secret comes first: a stranger's body is not even read."""
        # A header may hold bytes that are no UTF-8; they come as half surrogates.
        given = request.headers.get(HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, hook.secret.encode()):
            log.warning("A stranger called the webhook.", action="webhook refused")
            return web.Response(status=403)
        try:
            async with asyncio.timeout(self._patience):
                body = await request.read()
        except TimeoutError:
            log.warning("A webhook call's body did not come.", action="webhook slow")
            return web.Response(status=408)
        except web.HTTPRequestEntityTooLarge:
            # Refused, it would be brought again for a day.
            log.error("An update over 1 MiB was dropped.", action="update too large")
            return web.Response()
        update = _parse(body)
        try:
            if update is None:
                await hook.set_aside(body)
            else:
                await hook.keep([update])
        except StoreError:
            log.error("An update cannot be kept; it stays with Telegram.", action="store away")
            return web.Response(status=503, headers={"Retry-After": RETRY_AFTER})
        return web.Response()

    async def _alive(self, request: web.Request) -> web.Response:
        return web.json_response(await self._health())

    async def _ready(self, request: web.Request) -> web.Response:
        health = await self._health()
        return web.json_response(health, status=200 if health.get("ready") else 503)


def _parse(body: bytes) -> dict[str, Any] | None:
    """The update; None where it cannot be read, or has no number to be kept by."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = update.get("update_id") if isinstance(update, dict) else None
    return update if isinstance(number, int) and number.bit_length() <= 63 else None
