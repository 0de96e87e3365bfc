"""The preview: a local page with each screen as the reader will see it, reloading on save.

page = await serve_preview(Path("briefings"), Path("seeds"), clock=SystemClock())
... page.url ...
await page.close()
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler
from watchfiles import awatch

from bot.clock import Clock
from bot.content.library import Library
from bot.content.loader import load
from bot.content.report import explain
from bot.errors import Problem
from bot.render.html import weigh
from bot.render.message import Button, Message, View
from bot.render.split import TELEGRAM_CHARACTERS, split
from bot.render.views.catalog import Shot, all_views, check_views
from bot.text import load_words

PAGE = Path(__file__).with_name("preview_page")
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
QUIET_MS = 300
"""How long the files must be at rest before they are read."""
BEAT = 10.0
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass
class Preview:
    """The page and what it shows: the last good screens, and what is wrong with the files now."""

    briefings: Path
    seeds: Path
    clock: Clock
    url: str = ""
    _state: str = "{}"
    _number: int = 0
    _library: Library | None = None
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _closing: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None
    _watching: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> Self:
        """Read the files and listen. OSError where the port is taken."""
        await self.read()
        app = web.Application(middlewares=[_guard])
        app.router.add_get("/", self._index)
        app.router.add_get("/page/{name}", self._file)
        app.router.add_get("/state", self._tell)
        app.router.add_get("/events", self._events)
        app.router.add_get("/favicon.ico", _no_icon)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        address = self._runner.addresses[0]
        self.url = f"http://{address[0]}:{address[1]}/"
        self._watching = asyncio.create_task(self._watch(), name="preview")
        return self

    async def close(self) -> None:
        self._closing.set()
        async with self._news:
            self._news.notify_all()
        if self._watching is not None:
            await self._watching
        if self._runner is not None:
            await self._runner.cleanup()

    async def read(self) -> None:
        """Read the files; the last good screens stay while they hold mistakes."""
        self._state = await asyncio.to_thread(self._make)
        async with self._news:
            self._number += 1
            self._news.notify_all()

    def _make(self) -> str:
        today = self.clock.now().date()
        words = load_words()
        loaded = load(self.briefings, self.seeds, today=today)
        problems = list(loaded.problems)
        if loaded.library is not None:
            self._library = loaded.library
            folder = self.briefings.name
            problems += check_views(loaded.library, words, today, folder)
        shots = [] if self._library is None else list(all_views(self._library, words, today))
        state = {
            "problems": [_problem(problem) for problem in problems],
            "is_current": loaded.library is not None,
            "limit": TELEGRAM_CHARACTERS,
            "groups": self._groups(shots),
        }
        return json.dumps(state, ensure_ascii=False)

    def _groups(self, shots: list[Shot]) -> list[dict[str, object]]:
        groups: dict[str, list[dict[str, object]]] = {}
        for shot in shots:
            groups.setdefault(shot.group, []).append(_screen(shot))
        library = self._library
        titles = {} if library is None else library.dossiers
        return [
            {
                "name": name,
                "title": titles[name].title if name in titles else name.capitalize(),
                "file": f"{self.briefings.name}/{name}.yaml" if name in titles else "",
                "screens": screens,
            }
            for name, screens in groups.items()
        ]

    async def _watch(self) -> None:
        folders = [path for path in (self.briefings, self.seeds) if path.is_dir()]
        changes = awatch(
            *folders, step=50, debounce=QUIET_MS * 4, stop_event=self._closing, force_polling=None
        )
        async for _ in changes:
            await self.read()

    # --- what the browser asks -------------------------------------------------------------

    async def _index(self, request: web.Request) -> web.Response:
        return _page("index.html")

    async def _file(self, request: web.Request) -> web.Response:
        return _page(request.match_info["name"])

    async def _tell(self, request: web.Request) -> web.Response:
        return web.Response(text=self._state, content_type="application/json", headers=HEADERS)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """A line for each reading of the files, and one now and then to show that we live."""
        stream = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await stream.prepare(request)
        seen = self._number
        with contextlib.suppress(ConnectionResetError):
            while not self._closing.is_set():
                await stream.write(f"data: {seen}\n\n".encode())
                seen = await self._next(seen)
        return stream

    async def _next(self, seen: int) -> int:
        """The number of the next reading, or the same one after a while."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BEAT), self._news:
                while self._number == seen and not self._closing.is_set():
                    await self._news.wait()
        return self._number


async def serve_preview(
    briefings: Path, seeds: Path, host: str = "127.0.0.1", port: int = 8081, *, clock: Clock
) -> Preview:
    """The page, up and watching. OSError where the port is taken."""
    return await Preview(briefings, seeds, clock).start(host, port)


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Only pages of this machine: a foreign name that leads here is refused."""
    if request.host.rpartition(":")[0] not in LOOPBACK and request.host not in LOOPBACK:
        raise web.HTTPForbidden(text="This page answers to 127.0.0.1 only.")
    return await handler(request)


async def _no_icon(_: web.Request) -> web.Response:
    return web.Response(status=204, headers=HEADERS)


def _page(name: str) -> web.Response:
    path = PAGE / name
    if path.parent != PAGE or path.suffix not in KINDS or not path.is_file():
        raise web.HTTPNotFound
    kind = KINDS[path.suffix]
    return web.Response(
        text=path.read_text("utf-8"), content_type=kind, charset="utf-8", headers=HEADERS
    )


def _problem(problem: Problem) -> dict[str, object]:
    return {"text": explain(problem), "warning": problem.warning, "file": problem.file}


def _screen(shot: Shot) -> dict[str, object]:
    return {
        "name": shot.name,
        "messages": [_message(message) for message in split(shot.view)],
        "entities": _entities(shot.view),
    }


def _entities(view: View) -> int:
    return sum(weigh(block)[1] for block in view.blocks)


def _message(message: Message) -> dict[str, object]:
    return {
        "html": message.html,
        "plain": message.plain,
        "length": len(message.plain),
        "buttons": [[_button(button) for button in row] for row in message.buttons],
    }


def _button(button: Button) -> dict[str, str]:
    return {"text": button.text, "does": button.data or button.url or button.copy or ""}
