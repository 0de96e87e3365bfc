"""The pretend Telegram over HTTP, for any Bot API client.

    running = await serve(world)
    running.url                     # the root to set as API address: http://127.0.0.1:port
    await running.close()

`/bot<token>/<method>` takes GET and POST, with a query, a form, multipart or JSON;
`/file/bot<token>/<path>` gives files; a webhook is pushed to.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from email.utils import formatdate

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, web

from bot.sandbox.dispatch import Reply, refuse
from bot.sandbox.exchange import Answer, Sleep, exchange, parse_body, plain
from bot.sandbox.files import MAX_UPLOAD
from bot.sandbox.params import Upload
from bot.sandbox.refusals import Refusal, bad
from bot.sandbox.state import State
from bot.sandbox.webhook import Courier

MOST_PARAMETERS = 1024 * 1024
_TOKEN = re.compile(r"\d+:[\w-]+\Z")


class Running:
    """A server that runs. `url` is its root, `port` the port it got."""

    def __init__(self, world: State, host: str, sleep: Sleep) -> None:
        self.world = world
        self.host = host
        self.port = 0
        self._sleep = sleep
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._session: ClientSession | None = None
        self._courier: Courier | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def start(self, port: int, routes: Iterable[web.AbstractRouteDef]) -> None:
        """Listen."""
        app = web.Application(client_max_size=MAX_UPLOAD + MOST_PARAMETERS)
        app.add_routes(
            [
                web.route("*", "/bot{token:[^/]+}/{method:[^/]*}", self._call),
                web.get("/file/bot{token:[^/]+}/{path:.+}", self._file),
                *routes,
            ]
        )
        app.on_response_prepare.append(self._date)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0
        )
        await self._runner.setup()
        self.port = port
        await self.resume()
        self._session = ClientSession(
            timeout=ClientTimeout(total=60), connector=TCPConnector(limit=0)
        )
        self._courier = Courier(self.world, self._push, sleep=self._sleep)

    async def pause(self) -> None:
        """Refuse connections, and break those that stand, until `resume`."""
        if self._site is not None and self._runner is not None:
            await self._site.stop()
            self._site = None
            if self._runner.server is not None:
                for connection in list(self._runner.server.connections):
                    connection.force_close()
                    if connection.transport is not None:
                        connection.transport.abort()

    async def resume(self) -> None:
        """Take connections, on the same port as before."""
        if self._runner is None or self._site is not None:
            return
        self._site = web.TCPSite(self._runner, self.host, self.port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[-1][1]

    async def close(self) -> None:
        """Stop, and let go of everything."""
        if self._courier is not None:
            await self._courier.close()
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _date(self, request: web.Request, response: web.StreamResponse) -> None:
        """Each answer bears the time of the world, not of the machine."""
        response.headers["Date"] = formatdate(self.world.now(), usegmt=True)

    # --- the Bot API --------------------------------------------------------------------------

    async def _call(self, request: web.Request) -> web.StreamResponse:
        refused = self._refused(request)
        if refused is not None:
            return _response(plain(refused))
        try:
            params, files = await _read(request)
        except Refusal as error:
            return _response(plain(refuse(error)))
        try:
            answer = await exchange(
                self.world, request.match_info["method"], params, files, self._sleep
            )
        except (ConnectionRefusedError, ConnectionResetError):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if answer.drip:
            return await self._drip(request, answer)
        return _response(answer)

    def _refused(self, request: web.Request) -> Reply | None:
        token = request.match_info["token"]
        if token == self.world.token:
            return refuse(Refusal(401, "Unauthorized")) if self.world.revoked else None
        if _TOKEN.match(token):
            return refuse(Refusal(401, "Unauthorized"))
        return refuse(Refusal(404, "Not Found"))

    async def _drip(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        response = web.StreamResponse(status=answer.status)
        response.content_type = answer.content_type
        response.content_length = len(answer.body)
        await response.prepare(request)
        for byte in answer.body:
            await self._sleep(answer.drip)
            await response.write(bytes((byte,)))
        await response.write_eof()
        return response

    async def _file(self, request: web.Request) -> web.StreamResponse:
        refused = self._refused(request)
        if refused is not None:
            return _response(plain(refused))
        stored = self.world.files.by_path.get(request.match_info["path"])
        if stored is None:
            return _response(plain(refuse(Refusal(404, "Not Found"))))
        return web.Response(
            body=stored.data,
            content_type=stored.mime.partition(";")[0] or "application/octet-stream",
            headers={"X-Content-Type-Options": "nosniff"},
        )

    # --- the webhook ----------------------------------------------------------------------------

    async def _push(
        self, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        if self._session is None:
            raise ConnectionRefusedError("the server was closed")
        try:
            async with self._session.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as response:
                return response.status, response.headers, await response.read()
        except ClientError as error:
            raise ConnectionRefusedError(type(error).__name__) from None


def _response(answer: Answer) -> web.Response:
    return web.Response(
        status=answer.status,
        body=answer.body,
        headers=answer.headers or None,
        content_type=answer.content_type,
    )


async def _read(request: web.Request) -> tuple[Mapping[str, object], Mapping[str, Upload]]:
    """The parameters and uploads of a request. Raises the refusals for a body that is wrong."""
    query: Mapping[str, object] = request.query
    if request.method != "POST" or not request.can_read_body:
        return query, {}
    kind = request.content_type
    try:
        if kind == "multipart/form-data":
            values, files = await _form(request)
            return {**query, **values} if query else values, files
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Refusal(413, "Request Entity Too Large") from None
    except ValueError:
        raise bad("Can't parse the multipart body") from None
    if len(body) > MOST_PARAMETERS:
        raise Refusal(413, "Request Entity Too Large")
    if kind == "application/json":
        try:
            given = parse_body(body)
        except UnicodeDecodeError:
            raise bad("Strings must be encoded in UTF-8") from None
        except ValueError:
            raise bad("Can't parse request JSON object") from None
        return {**query, **given} if query else given, {}
    form = await request.post()
    return {**query, **form}, {}


async def _form(request: web.Request) -> tuple[dict[str, object], dict[str, Upload]]:
    values: dict[str, object] = {}
    files: dict[str, Upload] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            data = value.file.read()
            value.file.close()
            files[name] = (value.filename, data, value.content_type)
        else:
            values[name] = value if isinstance(value, str) else bytes(value).decode()
    if sum(len(str(value)) for value in values.values()) > MOST_PARAMETERS:
        raise Refusal(413, "Request Entity Too Large")
    return values, files


async def serve(
    world: State,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    routes: Iterable[web.AbstractRouteDef] = (),
    sleep: Sleep = asyncio.sleep,
) -> Running:
    """Answer for a world at `host:port`; port 0 takes a free one. `routes` are answered as well.

    `sleep` measures the waiting of getUpdates and of webhook retries.
    """
    running = Running(world, host, sleep)
    await running.start(port, routes)
    return running
