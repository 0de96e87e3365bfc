"""Updates pushed to the bot's webhook, as the real server pushes them.

One chat's updates go one after the other, chats side by side up to `max_connections`. What is not
answered with a 2xx is tried again at once, then after 2, 4, 8 ... 60 seconds (or as Retry-After
says) until the update has had its time. A 410 for 23 hours removes the webhook. The answer's body
may hold one method call.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from bot.sandbox.dispatch import call
from bot.sandbox.exchange import Sleep
from bot.sandbox.state import State
from bot.sandbox.updates import Update, Webhook

Push = Callable[[str, Mapping[str, str], bytes], Awaitable[tuple[int, Mapping[str, str], bytes]]]
"""POST to a URL with headers and a body: status, headers and body of the answer.

Raises OSError or TimeoutError where there is none.
"""

HEADER = "X-Telegram-Bot-Api-Secret-Token"
LONGEST_WAIT = 60.0
GONE_FOR = 23 * 3600.0
_NOT_IN_ANSWERS = ("get", "setwebhook", "deletewebhook", "close", "logout")


class Courier:
    """Pushes the updates of a world for as long as it runs."""

    def __init__(self, world: State, push: Push, *, sleep: Sleep = asyncio.sleep) -> None:
        self._world = world
        self._push = push
        self._sleep = sleep
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._gone_since: float | None = None
        self._stopped = False
        world.updates.listeners.append(self._news)

    async def close(self) -> None:
        """Stop pushing; what was not taken waits."""
        self._stopped = True
        if self._news in self._world.updates.listeners:
            self._world.updates.listeners.remove(self._news)
        tasks = list(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _news(self) -> None:
        """Start with each chat that has something and is not being served."""
        hook = self._world.updates.webhook
        if hook is None or self._stopped:
            return
        for update in self._world.updates.pending:
            if len(self._busy) >= hook.max_connections:
                return
            if update.chat not in self._busy:
                task = asyncio.get_running_loop().create_task(self._serve(update.chat))
                self._busy[update.chat] = task

    async def _serve(self, chat: int) -> None:
        try:
            failures = 0
            while (hook := self._world.updates.webhook) is not None:
                update = self._next(chat)
                if update is None:
                    break
                wait = await self._deliver(hook, update, failures)
                failures = 0 if wait is None else failures + 1
                if wait:
                    await self._sleep(wait)
        finally:
            del self._busy[chat]
            # A place is free for a chat that waited for one.
            self._news()

    def _next(self, chat: int) -> Update | None:
        self._world.updates.expire(self._world.now())
        for update in self._world.updates.pending:
            if update.chat == chat:
                return update
        return None

    async def _deliver(self, hook: Webhook, update: Update, failures: int) -> float | None:
        """Push one update. None when it was taken, else the seconds until the next try."""
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers[HEADER] = hook.secret
        retry_after = 0.0
        try:
            status, answer, body = await self._push(
                hook.url, headers, json.dumps(update.body).encode()
            )
            why = f"Wrong response from the webhook: {status}"
        except (OSError, TimeoutError) as error:
            status, answer, body = 0, {}, b""
            why = "Connection refused" if isinstance(error, OSError) else "Read timeout expired"
        now = self._world.now()
        if 200 <= status < 300:
            self._gone_since = None
            self._world.updates.take(update)
            self._obey(answer, body)
            return None
        hook.error_at, hook.error = int(now), why
        if status == 410:
            self._gone_since = self._gone_since if self._gone_since is not None else now
            if now - self._gone_since >= GONE_FOR:
                self._world.updates.webhook = None
        else:
            self._gone_since = None
        given = answer.get("Retry-After", "")
        if given.isdigit():
            retry_after = min(float(given), 3600.0)
        backoff = 0.0 if not failures else min(2.0**failures, LONGEST_WAIT)
        return max(retry_after, backoff)

    def _obey(self, headers: Mapping[str, str], body: bytes) -> None:
        """Do what the answer asks, if it asks for a method that it may."""
        kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        values: object = None
        try:
            if kind == "application/json":
                values = json.loads(body)
            elif kind == "application/x-www-form-urlencoded":
                values = dict(parse_qsl(body.decode()))
        except ValueError:
            return
        if not isinstance(values, dict):
            return
        method = values.pop("method", None)
        if isinstance(method, str) and not method.lower().startswith(_NOT_IN_ANSWERS):
            call(self._world, method, values, {})
