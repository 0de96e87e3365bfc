"""The last inch to the Bot API: who carries a call, and how it may fail.

CallFailed              what every failed call is
├── NotSent             Telegram has not got it: certain, safe to repeat
├── MaybeSent           it left and no readable answer came: nobody can know
└── Refused             Telegram answered, and said no

A Carrier moves one call; a Wire reads the answer; PtbRequest lets python-telegram-bot's `Bot`
speak through the same carrier. The token is known to the carrier alone, which never shows it.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from http import HTTPStatus
from typing import Any, Protocol

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.clock import Clock, SystemClock
from bot.delivery import codec
from bot.delivery.body import Body, Files, Params, as_json, as_multipart
from bot.delivery.witness import Witness

__all__ = [
    "CallFailed", "Carrier", "Files", "HttpCarrier", "MaybeSent", "NotSent", "Params",
    "PtbRequest", "Refused", "Unreadable", "Wire", "explain",
]  # fmt: skip

DEADLINE = 20.0
CONNECT = 5.0
KEEPALIVE = 20.0
ANSWER_CAP = 1024 * 1024
UPDATES_CAP = 64 * 1024 * 1024
SHOWN = 1024 * 1024
"""How many bytes of an answer that cannot be read are looked at."""


class CallFailed(Exception):
    """A call to the Bot API brought no result."""


class NotSent(CallFailed, NetworkError):
    """Telegram has not received the call: it may be repeated without doubling anything."""


class MaybeSent(CallFailed, TimedOut):
    """The call left this machine and no readable answer came: it may or may not have worked."""


class Unreadable(MaybeSent):
    """A 200 came, with an answer that cannot be read. `body` is its first mebibyte."""

    def __init__(self, text: str, body: bytes) -> None:
        super().__init__(text)
        self.body = body[:SHOWN]


class Refused(CallFailed):
    """Telegram's own no. `code` is the HTTP status; `retry_after` is in seconds."""

    def __init__(
        self,
        code: int,
        description: str,
        retry_after: int | None = None,
        migrate_to: int | None = None,
    ) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to = migrate_to


class Carrier(Protocol):
    """Moves one call of a Bot API method, and returns the HTTP status and the body as they came.

    `timeout` is for the whole call, in seconds. Raises NotSent or MaybeSent; the builtin
    ConnectionRefusedError (not sent), ConnectionResetError and TimeoutError (maybe sent) are
    understood as well.
    """

    async def post(
        self, method: str, params: Params, files: Files | None, timeout: float
    ) -> tuple[int, bytes]: ...

    async def close(self) -> None: ...


def explain(error: BaseException, *, handed: bool) -> NotSent | MaybeSent:
    """What a failed exchange means; `handed` tells that the last byte was given to the socket.

    The text names the kind of failure only: foreign messages hold addresses, and those the token.
    """
    number = error.errno if isinstance(error, OSError) and error.errno is not None else None
    text = type(error).__name__ + (f" [errno {number}]" if number is not None else "")
    return MaybeSent(f"no answer: {text}") if handed else NotSent(f"not sent: {text}")


class HttpCarrier:
    """Carries calls by HTTP with JSON bodies, and multipart where a file goes along.

    `witness` hears when each answer was given, beside what `clock` says.
    """

    def __init__(
        self,
        api_url: str,
        token: str,
        *,
        proxy: str | None = None,
        in_flight: int = 256,
        clock: Clock | None = None,
        witness: Witness | None = None,
    ) -> None:
        # Parsed before the token joins it, so that a mistake in it does not show the token.
        self._api_url = str(URL(api_url)).rstrip("/")
        self._token = token
        self._proxy = proxy
        self._in_flight = in_flight
        self._clock = clock or SystemClock()
        self._witness = witness or Witness()
        self._urls: dict[str, URL] = {}
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return "HttpCarrier(token=***)"

    async def post(
        self, method: str, params: Params, files: Files | None, timeout: float
    ) -> tuple[int, bytes]:
        body = as_multipart(params, files) if files else as_json(params)
        try:
            return await self._exchange(method, body, timeout)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            failure = explain(error, handed=body.handed)
            body.abandon()
        # Raised out of the except block: a chained aiohttp error would show the address.
        raise failure

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _exchange(self, method: str, body: Body, timeout: float) -> tuple[int, bytes]:
        session = self._open()
        cap = UPDATES_CAP if method == "getUpdates" else ANSWER_CAP
        asked = self._clock.now()
        async with (
            asyncio.timeout(timeout),
            session.post(
                self._address(method), data=body, allow_redirects=False, proxy=self._proxy
            ) as response,
        ):
            # A proxy's page is not Telegram's word.
            if response.content_type == "application/json":
                self._witness.hear(response.headers.get("Date"), asked, self._clock.now())
            try:
                answer = await _read(response, cap)
            except Unreadable:
                if response.status == HTTPStatus.OK:
                    raise
                answer = b""
            except (aiohttp.ClientError, OSError, TimeoutError):
                # A refusal is a refusal, even when its reason is lost.
                if HTTPStatus.BAD_REQUEST <= response.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return response.status, b""
                raise
            if response.status == HTTPStatus.TOO_MANY_REQUESTS:
                answer = _with_retry_after(answer, response.headers.get("Retry-After"))
            return response.status, answer

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._in_flight, keepalive_timeout=KEEPALIVE, ttl_dns_cache=60
                ),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept-Encoding": "identity", "User-Agent": "briefing-bot"},
                auto_decompress=False,
            )
        return self._session

    def _address(self, method: str) -> URL:
        url = self._urls.get(method)
        if url is None:
            url = URL(f"{self._api_url}/bot{self._token}/{method}", encoded=True)
            self._urls[method] = url
        return url


class Wire:
    """Calls by method name and plain values, over any carrier."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    async def call(
        self,
        method: str,
        params: Params | None = None,
        files: Files | None = None,
        timeout: float = DEADLINE,
    ) -> Any:
        """The `result` of Telegram's answer. Raises NotSent, MaybeSent or Refused."""
        status, body = await _carry(self._carrier, method, params or {}, files, timeout)
        answer = _parse(body)
        if status == HTTPStatus.OK and answer.get("ok") is True and "result" in answer:
            return answer["result"]
        raise _refusal(status, answer) or Unreadable("the answer could not be read", body)

    async def close(self) -> None:
        await self._carrier.close()


class PtbRequest(BaseRequest):
    """Lets `telegram.Bot` speak through a carrier; the token in its addresses is not used."""

    def __init__(self, carrier: Carrier) -> None:
        # Else a 429 surfaces as a deprecation warning instead of RetryAfter.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        self._carrier = carrier

    @property
    def read_timeout(self) -> float | None:
        return DEADLINE - CONNECT

    async def initialize(self) -> None:
        """Nothing to open: the carrier connects when first used."""

    async def shutdown(self) -> None:
        """The carrier belongs to whoever made it, and is closed there."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        if method != "POST":
            raise NotSent("files are not fetched through this request")
        params: Params = request_data.parameters if request_data else {}
        files: dict[str, tuple[str, bytes, str]] = {}
        if request_data is not None and request_data.contains_files:
            for field, (name, content, media) in request_data.multipart_data.items():
                files[field] = (
                    name,
                    content if isinstance(content, bytes) else content.read(),
                    media,
                )
        timeout = CONNECT + max(_seconds(read_timeout), _seconds(write_timeout) if files else 0.0)
        name = url.rpartition("/")[2]
        return await _carry(self._carrier, name, params, files or None, timeout)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As PTB's own, but a broken answer is named for what it is, and is not logged."""
        answer = _parse(payload)
        if not answer:
            raise MaybeSent("the answer could not be read")
        return answer


async def _carry(
    carrier: Carrier, method: str, params: Params, files: Files | None, timeout: float
) -> tuple[int, bytes]:
    """One call, with a carrier's builtin errors in our words."""
    try:
        return await carrier.post(method, params, files, timeout)
    except CallFailed:
        raise
    except (OSError, TimeoutError) as error:
        unsent = isinstance(error, ConnectionRefusedError | socket.gaierror)
        failure = explain(error, handed=not unsent)
    raise failure


async def _read(response: aiohttp.ClientResponse, cap: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := await response.content.readany():
        size += len(piece)
        pieces.append(piece)
        if size > cap:
            response.close()
            raise Unreadable("the answer is too large", b"".join(pieces))
    return b"".join(pieces)


def _with_retry_after(answer: bytes, header: str | None) -> bytes:
    """A 429 whose wait stands in its header alone, written as Telegram writes it."""
    parameters = _parse(answer).get("parameters")
    told = isinstance(parameters, dict) and "retry_after" in parameters
    if told or header is None or not header.strip().isdecimal():
        return answer
    seconds = int(header)
    said = f"Too Many Requests: retry after {seconds}"
    body = {"ok": False, "error_code": 429, "description": said}
    return json.dumps(body | {"parameters": {"retry_after": seconds}}).encode()


def _parse(body: bytes) -> dict[str, Any]:
    """The answer as a dict; empty if it is no JSON object."""
    try:
        answer = codec.decode(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _refusal(status: int, answer: dict[str, Any]) -> CallFailed | None:
    """What a call that brought no result means; None for a yes that cannot be read."""
    if answer.get("ok") is False:
        parameters = answer.get("parameters")
        given: dict[str, Any] = parameters if isinstance(parameters, dict) else {}
        code = _whole(answer.get("error_code"))
        return Refused(
            status if status != HTTPStatus.OK or code is None else code,
            str(answer.get("description", "")),
            _whole(given.get("retry_after")),
            _whole(given.get("migrate_to_chat_id")),
        )
    if status in {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.TOO_MANY_REQUESTS}:
        return Refused(status, HTTPStatus(status).phrase)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Refused(status, "no Telegram answer")
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        # Something between us and Telegram said so: the call did not reach its end.
        return NotSent(f"not sent: answered {status}, but not by the Bot API")
    return None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else DEADLINE - CONNECT
