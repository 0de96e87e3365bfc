"""The demo page's server side: files, one person's state, the stream of events, and what one does.

    demo = Demo(world, furnish(world), advance=clock.advance, next_due=newsroom.next_due)
    ... serve(world, routes=demo.routes()) ...
    await demo.close()          # before the server stops: it ends the streams

It is for the machine that it runs on: only loopback host names are answered, and only pages that
came from here may ask for anything to happen.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from bot.sandbox import deeds
from bot.sandbox.chats import Impossible, InlineQuery, Payload, Person, Press
from bot.sandbox.gate import HEADERS, LOOPBACK, Refused, admit
from bot.sandbox.scene import CITIES, Actor
from bot.sandbox.screen import Event, Marks, Screen, press_shape, query_shape, whole
from bot.sandbox.world import World

Advance = Callable[[float], Awaitable[None]]
NextDue = Callable[[], Awaitable[datetime | None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PAGE = Path(__file__).with_name("page")
KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
BEAT = 5.0
"""Seconds after which a quiet stream says that it lives."""
LONGEST_LEAP = 400 * 86400.0
MAX_BODY = 64 * 1024


class Demo:
    """The page over one world.

    `advance(seconds)` lets the demo's time pass and `next_due()` tells when something is owed
    next; without `advance` the page shows no clock. `hosts` are further host names to answer,
    besides the loopback ones.
    """

    def __init__(
        self,
        world: World,
        actors: Sequence[Actor],
        *,
        advance: Advance | None = None,
        next_due: NextDue | None = None,
        hosts: Sequence[str] = (),
        beat: float = BEAT,
    ) -> None:
        self.world = world
        self.actors = tuple(actors)
        if not self.actors:
            raise ValueError("a demo needs somebody to act as")
        self.marks = Marks(world)
        self.marks.read_all()
        self._advance = advance
        self._next_due = next_due
        self._hosts = LOOPBACK | {host.casefold() for host in hosts}
        self._beat = beat
        self._seq = 0
        self._streams: set[_Stream] = set()
        self._presses: list[Press] = []
        self._queries: list[InlineQuery] = []
        self._closed = False
        self._unwatch = world.watch(self._happened)

    def routes(self) -> list[web.RouteDef]:
        """What the server is to answer besides the Bot API."""
        return [
            web.get("/", self._guard(self._index)),
            web.get("/page/{name}", self._guard(self._file)),
            web.get("/demo/state", self._guard(self._state)),
            web.get("/demo/events", self._guard(self._events)),
            web.get("/demo/file/{id}", self._guard(self._upload)),
            web.post("/demo/clock", self._guard(self._clock)),
            web.post("/demo/press", self._guard(self._press)),
            web.post("/demo/inline", self._guard(self._inline)),
            *(
                web.post(f"/demo/{name}", self._guard(self._deed(deed)))
                for name, deed in deeds.DEEDS.items()
            ),
        ]

    async def close(self) -> None:
        """End the streams, so that the server need not wait for them."""
        self._closed = True
        self._unwatch()
        streams = tuple(self._streams)
        for stream in streams:
            stream.wake.set()
        for stream in streams:
            await stream.ended.wait()

    # --- who may ask ------------------------------------------------------------------------

    def _guard(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                admit(request.method, request.path, request.scheme, request.headers, self._hosts)
                response = await handler(request)
            except Refused as refused:
                response = web.json_response({"error": refused.words}, status=refused.status)
            except deeds.Unclear as unclear:
                response = web.json_response({"error": str(unclear)}, status=400)
            except Impossible as no:
                response = web.json_response({"error": _sentence(str(no))}, status=409)
            if not response.prepared:
                for name, value in HEADERS.items():
                    response.headers.setdefault(name, value)
            return response

        return guarded

    def _person(self, number: object) -> Person:
        for actor in self.actors:
            if str(actor.person.id) == str(number):
                return actor.person
        raise Refused(404, "Nobody here has that number.")

    def _viewer(self, request: web.Request) -> Person:
        """Who looks: the one asked for, else the first."""
        wanted = request.query.get("as")
        known = {str(actor.person.id): actor.person for actor in self.actors}
        return known.get(wanted or "", self.actors[0].person)

    async def _body(self, request: web.Request) -> deeds.Order:
        if request.content_length is None or request.content_length > MAX_BODY:
            raise Refused(413, "That is too long.")
        try:
            body = json.loads(await request.read())
        except ValueError:
            raise Refused(400, "That is not JSON.") from None
        if not isinstance(body, dict):
            raise Refused(400, "An object is expected.")
        return deeds.Order(self.world, self.marks, self._person(body.get("as")), body)

    # --- files ------------------------------------------------------------------------------

    async def _index(self, request: web.Request) -> web.StreamResponse:
        payload = request.query.get("start")
        if payload is not None and request.headers.get("Sec-Fetch-Site") == "cross-site":
            # A link on a foreign page may fill the START button, but a person presses it.
            raise web.HTTPFound(f"/?offer={quote(payload, safe='')}", headers=HEADERS)
        return _asset("index.html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return _asset(request.match_info["name"])

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        stored = self.world.files.by_id.get(request.match_info["id"])
        if stored is None:
            raise Refused(404, "There is no such file.")
        picture = stored.mime in PICTURES
        headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
        if not picture:
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name)}"
        return web.Response(
            body=stored.data,
            content_type=stored.mime if picture else "application/octet-stream",
            headers=headers,
        )

    # --- what is ----------------------------------------------------------------------------

    async def _state(self, request: web.Request) -> web.StreamResponse:
        person = self._viewer(request)
        clock = await self.clock()
        return web.json_response(
            {
                "seq": self._seq,
                "me": person.id,
                "bot": self.robot(person),
                "people": self.people(),
                "cities": [
                    {
                        "name": city.name,
                        "zone": city.zone,
                        "latitude": city.latitude,
                        "longitude": city.longitude,
                    }
                    for city in CITIES
                ],
                "chats": whole(self.world, self.marks, person),
                "clock": clock,
            }
        )

    def robot(self, person: Person) -> Payload:
        """The bot as this person reads about it."""
        bot = self.world.bot

        def words(field: str) -> str:
            told = self.world.profile
            return told.get((field, person.language_code or "")) or told.get((field, "")) or ""

        return {
            "id": bot.id,
            "username": bot.username,
            "name": words("name") or bot.first_name,
            "inline": bot.inline,
            "description": words("description"),
            "about": words("short_description"),
        }

    def people(self) -> list[Payload]:
        """Those whom the page may act as, with what waits for each."""
        return [
            {
                "id": actor.person.id,
                "name": actor.person.name,
                "username": actor.person.username,
                "language": actor.person.language_code or "en",
                "zone": actor.zone,
                "note": actor.note,
                "unread": self.marks.total(actor.person),
            }
            for actor in self.actors
        ]

    async def clock(self) -> Payload:
        """The demo's time, and when something is due next; in Unix seconds."""
        due = await self._next_due() if self._next_due is not None else None
        return {
            "now": self.world.now(),
            "due": None if due is None else due.timestamp(),
            "steerable": self._advance is not None,
        }

    # --- the stream -------------------------------------------------------------------------

    def _happened(self, event: Payload) -> None:
        self._seq += 1
        for stream in self._streams:
            stream.wake.set()

    def _answers(self) -> None:
        """Hand the answers that came to the pages of those who asked."""
        for press in [press for press in self._presses if press.answered]:
            self._presses.remove(press)
            self._give(press.by, ("answer", press_shape(press)))
        for query in [query for query in self._queries if query.answered]:
            self._queries.remove(query)
            self._give(query.by, ("results", query_shape(query)))

    def _give(self, person: Person, event: Event) -> None:
        for stream in self._streams:
            if stream.screen.person is person:
                stream.held.append(event)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        stream = _Stream(Screen(self.world, self.marks, self._viewer(request)))
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        self._streams.add(stream)
        try:
            await response.prepare(request)
            await response.write(b"retry: 1000\nevent: hello\ndata: {}\n\n")
            while not self._closed:
                if news := await self._news(stream):
                    await response.write(news)
                try:
                    await asyncio.wait_for(stream.wake.wait(), self._beat)
                except TimeoutError:
                    await response.write(b": still here\n\n")
        except ConnectionResetError:
            # The page was closed; nothing is owed to it.
            pass
        finally:
            self._streams.discard(stream)
            stream.ended.set()
        return response

    async def _news(self, stream: _Stream) -> bytes:
        stream.wake.clear()
        self._answers()
        events = [*stream.screen.changes(), *stream.held]
        stream.held.clear()
        people = {"people": self.people(), "bot": self.robot(stream.screen.person)}
        if people != stream.people:
            stream.people = people
            events.append(("people", people))
        clock = await self.clock()
        drift = clock["now"] - asyncio.get_running_loop().time()
        if clock["due"] != stream.due or abs(drift - stream.drift) > 0.5:
            # Time itself passes in the browser too; only a leap or another hour is news.
            stream.due, stream.drift = clock["due"], drift
            events.append(("clock", clock))
        return b"".join(
            f"event: {name}\ndata: {json.dumps(body | {'seq': self._seq})}\n\n".encode()
            for name, body in events
        )

    # --- what one does ----------------------------------------------------------------------

    def _deed(self, deed: deeds.Deed) -> Handler:
        async def done(request: web.Request) -> web.StreamResponse:
            order = await self._body(request)
            answer = deed(order)
            self._happened({})
            return web.json_response(answer)

        return done

    async def _press(self, request: web.Request) -> web.StreamResponse:
        press = deeds.press(await self._body(request))
        if press.kind == "callback":
            self._presses = [*self._presses[-199:], press]
        self._happened({})
        return web.json_response(press_shape(press))

    async def _inline(self, request: web.Request) -> web.StreamResponse:
        query = deeds.inline(await self._body(request))
        if query is None:
            self._happened({})
            return web.json_response({"ok": True})
        self._queries = [*self._queries[-199:], query]
        self._happened({})
        return web.json_response(query_shape(query))

    async def _clock(self, request: web.Request) -> web.StreamResponse:
        order = await self._body(request)
        if self._advance is None:
            raise Refused(409, "This demo's clock cannot be moved.")
        if order.body.get("to") == "next":
            due = (await self.clock())["due"]
            if due is None:
                raise Refused(409, "Nothing is due.")
            seconds = max(0.0, due - self.world.now())
        else:
            given = order.body.get("seconds")
            if isinstance(given, bool) or not isinstance(given, int | float):
                raise Refused(400, "How many seconds?")
            seconds = float(given)
        if not math.isfinite(seconds) or not 0 <= seconds <= LONGEST_LEAP:
            raise Refused(400, "Time goes forward, by 400 days at most.")
        await self._advance(seconds)
        self._happened({})
        return web.json_response(await self.clock())


class _Stream:
    """One open page."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.wake = asyncio.Event()
        self.ended = asyncio.Event()
        self.held: list[Event] = []
        self.people: Payload = {}
        self.due: float | None = None
        self.drift = math.inf


def _asset(name: str) -> web.Response:
    """A file of the page; only names that lie in its folder are known."""
    known = {path.name: path for path in PAGE.iterdir() if path.suffix in KINDS}
    if name not in known:
        raise Refused(404, "There is no such file.")
    path = known[name]
    return web.Response(body=path.read_bytes(), content_type=KINDS[path.suffix], charset="utf-8")


def _sentence(words: str) -> str:
    """An error of the world as a sentence."""
    words = words[:1].upper() + words[1:]
    return words if words.endswith(".") else f"{words}."
