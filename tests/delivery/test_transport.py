"""The last inch, against real servers that misbehave."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import socket
import ssl
import traceback
from collections.abc import Mapping
from unicodedata import normalize

import aiohttp
import pytest
import telegram
import telegram.error
from aiohttp import client_exceptions, client_reqrep
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bot.delivery.transport import (
    ANSWER_CAP,
    SHOWN,
    CallFailed,
    Files,
    HttpCarrier,
    MaybeSent,
    NotSent,
    Params,
    PtbRequest,
    Refused,
    Unreadable,
    Wire,
    explain,
)
from bot.sandbox.transport import InProcess
from bot.sandbox.world import World
from tests.delivery.servers import (
    TOKEN,
    answering,
    carrying,
    closed_port,
    request,
    reset,
    serving,
)

PARAMS = {"chat_id": 7, "text": "Aqtau"}
DONE = b'{"ok":true,"result":{"message_id":5}}'


async def failure_of(address: str, *, timeout: float = 5.0, params: Params = PARAMS) -> CallFailed:
    async with carrying(address) as carrier:
        with pytest.raises(CallFailed) as caught:
            await Wire(carrier).call("sendMessage", params, timeout=timeout)
        return caught.value


async def test_a_call_goes_out_as_json_and_its_result_comes_back() -> None:
    seen: list[tuple[bytes, bytes]] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await request(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(DONE) + DONE)

    async with serving(behave) as address, carrying(address) as carrier:
        markup = {"inline_keyboard": [[{"text": "Ақтау", "callback_data": "x"}]]}
        result = await Wire(carrier).call("sendMessage", {**PARAMS, "reply_markup": markup})
    head, body = seen[0]
    assert result == {"message_id": 5}
    assert head.startswith(f"POST /bot{TOKEN}/sendMessage HTTP/1.1".encode())
    assert b"application/json" in head
    assert json.loads(body) == {**PARAMS, "reply_markup": markup}


async def test_half_a_surrogate_pair_does_not_stop_a_message() -> None:
    seen: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await request(reader))[1])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(DONE) + DONE)

    async with serving(behave) as address, carrying(address) as carrier:
        await Wire(carrier).call("sendMessage", {"chat_id": 7, "text": "a\ud83db"})
    assert json.loads(seen[0])["text"] == "a?b"


async def test_a_file_goes_along_as_multipart() -> None:
    seen: list[tuple[bytes, bytes]] = []
    photo = bytes(range(256)) * 1000

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await request(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(DONE) + DONE)

    async with serving(behave) as address, carrying(address) as carrier:
        files = {"photo": ('ch"art.png', photo, "image/png")}
        await Wire(carrier).call("sendPhoto", {"chat_id": 7, "silent": True, "c": "é"}, files)
    head, body = seen[0]
    assert b"multipart/form-data; boundary=" in head
    assert photo in body
    assert b'name="chat_id"\r\n\r\n7\r\n' in body
    assert b'name="silent"\r\n\r\ntrue\r\n' in body
    assert 'name="c"\r\n\r\né\r\n'.encode() in body
    assert b'filename="ch%22art.png"' in body


async def test_one_connection_serves_many_calls() -> None:
    opened = 0
    behave = answering(DONE)

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        await behave(reader, writer)

    async with serving(count) as address, carrying(address) as carrier:
        for _ in range(5):
            await Wire(carrier).call("sendMessage", PARAMS)
    assert opened == 1


async def test_a_connection_that_the_server_closed_meanwhile_is_not_used_again() -> None:
    """N6."""
    closed = asyncio.Event()

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(DONE) + DONE)
        await writer.drain()
        closed.set()

    async with serving(once) as address, carrying(address) as carrier:
        for _ in range(3):
            closed.clear()
            await Wire(carrier).call("sendMessage", PARAMS)
            await closed.wait()
            await asyncio.sleep(0.02)


# --- not sent ------------------------------------------------------------------------------


async def test_a_refused_connection_is_not_sent() -> None:
    assert isinstance(await failure_of(closed_port()), NotSent)


async def test_a_name_that_nobody_knows_is_not_sent() -> None:
    assert isinstance(await failure_of("http://nowhere.invalid"), NotSent)


async def test_a_failed_tls_handshake_is_not_sent() -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 this speaks no TLS\r\n\r\n")

    async with serving(babble) as address:
        failure = await failure_of(address.replace("http:", "https:"))
    assert isinstance(failure, NotSent)


async def test_waiting_for_a_free_connection_in_vain_is_not_sent() -> None:
    async def mute(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving(mute) as address, carrying(address, in_flight=1) as carrier:
        wire = Wire(carrier)
        first = asyncio.create_task(wire.call("sendMessage", PARAMS, timeout=0.4))
        await asyncio.sleep(0.05)
        with pytest.raises(NotSent):
            await wire.call("sendMessage", PARAMS, timeout=0.1)
        with pytest.raises(MaybeSent):
            await first


async def test_a_large_body_that_the_server_stops_reading_is_not_sent() -> None:
    async def choke(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(1)
        await asyncio.sleep(2)

    async with serving(choke) as address, carrying(address) as carrier:
        files = {"photo": ("chart.png", bytes(48 * 1024 * 1024), "image/png")}
        with pytest.raises(NotSent):
            await Wire(carrier).call("sendPhoto", PARAMS, files, timeout=0.5)


async def test_a_proxys_page_is_not_telegrams_no() -> None:
    page = b"<html>Please log in to the hotel's network</html>"
    for status in ("302 Found", "403 Forbidden", "407 Proxy Authentication Required"):
        async with serving(answering(page, status=status)) as address:
            assert isinstance(await failure_of(address), NotSent)


# --- maybe sent ----------------------------------------------------------------------------


async def test_a_reset_before_the_server_reads_is_maybe_sent() -> None:
    async def slam(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        reset(writer)

    async with serving(slam) as address:
        assert isinstance(await failure_of(address), MaybeSent)


async def test_a_reset_after_the_body_is_maybe_sent() -> None:
    async def slam(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        reset(writer)

    async with serving(slam) as address:
        assert isinstance(await failure_of(address), MaybeSent)


async def test_a_connection_closed_without_an_answer_is_maybe_sent() -> None:
    async def leave(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await request(reader)

    async with serving(leave) as address:
        assert isinstance(await failure_of(address), MaybeSent)


async def test_an_answer_that_does_not_come_in_time_is_maybe_sent() -> None:
    async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()
        await reader.read()

    async with serving(hang) as address:
        assert isinstance(await failure_of(address, timeout=0.1), MaybeSent)


async def test_an_answer_that_drips_ends_at_the_deadline() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with serving(drip) as address:
        assert isinstance(await failure_of(address, timeout=0.2), MaybeSent)


@pytest.mark.parametrize("body", [b"{broken", b"[1]", b"", b'{"ok":true}', b"[" * 100_000])
async def test_a_success_that_cannot_be_read_is_maybe_sent(body: bytes) -> None:
    async with serving(answering(body)) as address:
        assert isinstance(await failure_of(address), MaybeSent)


async def test_what_cannot_be_read_is_handed_on_for_a_look() -> None:
    async with serving(answering(b'{"ok":true,"result":[' + b"[" * 2_000_000)) as address:
        failure = await failure_of(address)
    assert isinstance(failure, Unreadable)
    assert failure.body.startswith(b'{"ok":true,"result":[[[')
    assert len(failure.body) == SHOWN
    assert "[[" not in str(failure) + repr(failure)


async def test_an_answer_cut_short_is_maybe_sent() -> None:
    async with serving(answering(DONE, length=100)) as address:
        assert isinstance(await failure_of(address), MaybeSent)


async def test_a_huge_answer_is_not_read_to_its_end() -> None:
    written = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        await request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")
        while written < 104857600:
            writer.write(bytes(65536))
            await writer.drain()
            written += 65536

    async with serving(flood) as address:
        assert isinstance(await failure_of(address), Unreadable)
    assert written < ANSWER_CAP + 16 * 1024 * 1024


# --- refused -------------------------------------------------------------------------------


async def test_telegrams_no_comes_with_all_it_says() -> None:
    body = json.dumps(
        {
            "ok": False,
            "error_code": 400,
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": {"migrate_to_chat_id": -100500},
        }
    ).encode()
    async with serving(answering(body, status="400 Bad Request")) as address:
        failure = await failure_of(address)
    assert isinstance(failure, Refused)
    assert (failure.code, failure.migrate_to, failure.retry_after) == (400, -100500, None)
    assert failure.description.startswith("Bad Request: group chat")


async def test_a_wait_told_in_the_header_alone_is_understood() -> None:
    answer = answering(b"slow down", status="429 Too Many Requests", headers="Retry-After: 35\r\n")
    async with serving(answer) as address:
        failure = await failure_of(address)
    assert isinstance(failure, Refused)
    assert (failure.code, failure.retry_after) == (429, 35)


async def test_a_429_without_any_wait_is_still_a_429() -> None:
    async with serving(answering(b"", status="429 Too Many Requests")) as address:
        failure = await failure_of(address)
    assert isinstance(failure, Refused)
    assert (failure.code, failure.retry_after) == (429, None)


@pytest.mark.parametrize("status", ["500 Oops", "502 Bad Gateway", "503 Busy", "504 Late"])
async def test_a_gateways_page_is_told_by_its_number(status: str) -> None:
    page = b"<html><center>nginx</center></html>"
    async with serving(answering(page, status=status)) as address:
        failure = await failure_of(address)
    assert isinstance(failure, Refused)
    assert failure.code == int(status[:3])


async def test_too_large_a_request_is_refused_also_by_a_gateway() -> None:
    async with serving(answering(b"<html>", status="413 Too Large")) as address:
        failure = await failure_of(address)
    assert isinstance(failure, Refused)
    assert failure.code == 413


async def test_a_refusal_whose_reason_is_lost_was_not_sent() -> None:
    async with serving(answering(b'{"ok":', status="400 Bad Request", length=500)) as address:
        assert isinstance(await failure_of(address), NotSent)


# --- every error below us has a class ------------------------------------------------------


def errors_of_aiohttp() -> list[type[Exception]]:
    return [
        kind
        for _, kind in inspect.getmembers(client_exceptions, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ == client_exceptions.__name__
    ]


def made(kind: type[Exception]) -> Exception:
    """An instance of a foreign error, however it wants to be made."""
    key = client_reqrep.ConnectionKey("h", 1, False, True, None, None, None)
    info = aiohttp.RequestInfo(
        URL(f"http://h/bot{TOKEN}/x"), "POST", CIMultiDictProxy(CIMultiDict())
    )
    tries: list[tuple[object, ...]] = [
        (key, OSError(111, f"bot{TOKEN}")),
        ("path", key, OSError(111, "x")),
        (key, ssl.CertificateError("x")),
        (b"1", b"2", "h", 1),
        (info, ()),
        (f"bot{TOKEN}",),
    ]
    for arguments in tries:
        try:
            error = kind(*arguments)
        except (TypeError, AttributeError):
            continue
        return error
    raise AssertionError(f"{kind.__name__} wants something else")


@pytest.mark.parametrize("kind", errors_of_aiohttp(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("handed", [False, True])
def test_every_error_of_aiohttp_has_a_class_and_hides_the_token(
    kind: type[Exception], handed: bool
) -> None:
    if not issubclass(kind, aiohttp.ClientError | OSError):
        assert kind is aiohttp.WSMessageTypeError
        return
    failure = explain(made(kind), handed=handed)
    assert isinstance(failure, MaybeSent if handed else NotSent)
    assert TOKEN not in f"{failure!r} {failure}"


class Failing:
    """A carrier as the sandbox's in-process one, failing with a builtin error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def post(
        self, method: str, params: Params, files: Files | None, timeout: float
    ) -> tuple[int, bytes]:
        raise self.error

    async def close(self) -> None: ...


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionRefusedError(), NotSent),
        (socket.gaierror(-2, "x"), NotSent),
        (ConnectionResetError(), MaybeSent),
        (BrokenPipeError(), MaybeSent),
        (TimeoutError(), MaybeSent),
        (NotSent("x"), NotSent),
        (MaybeSent("x"), MaybeSent),
    ],
)
async def test_builtin_errors_of_a_carrier_are_understood_at_both_doors(
    error: Exception, kind: type[CallFailed]
) -> None:
    with pytest.raises(kind):
        await Wire(Failing(error)).call("getMe")
    with pytest.raises(kind):
        await PtbRequest(Failing(error)).post(f"https://t/bot{TOKEN}/getMe")


# --- python-telegram-bot over our carrier --------------------------------------------------


class Recording:
    """A carrier that answers with what it is given, and remembers what was asked."""

    def __init__(self, status: int, answer: Mapping[str, object] | bytes) -> None:
        self.status = status
        self.answer = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.calls: list[tuple[str, Params, Files | None, float]] = []

    async def post(
        self, method: str, params: Params, files: Files | None, timeout: float
    ) -> tuple[int, bytes]:
        self.calls.append((method, params, files, timeout))
        return self.status, self.answer

    async def close(self) -> None: ...


def ptb_over(carrier: Recording) -> telegram.Bot:
    return telegram.Bot(TOKEN, request=PtbRequest(carrier), get_updates_request=PtbRequest(carrier))


async def test_ptb_sends_plain_values_through_our_carrier() -> None:
    chat = {"id": 7, "type": "private", "first_name": "Ada"}
    carrier = Recording(
        200, {"ok": True, "result": {"message_id": 5, "date": 0, "chat": chat, "text": "x"}}
    )
    markup = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("a", url="https://b")]])
    message = await ptb_over(carrier).send_message(7, "x", reply_markup=markup)
    method, params, files, timeout = carrier.calls[0]
    assert (message.message_id, method, files) == (5, "sendMessage", None)
    assert params["chat_id"] == 7
    assert params["reply_markup"] == markup.to_dict()
    assert timeout == 20.0


async def test_ptb_sends_files_through_our_carrier() -> None:
    chat = {"id": 7, "type": "private", "first_name": "Ada"}
    carrier = Recording(200, {"ok": True, "result": {"message_id": 5, "date": 0, "chat": chat}})
    await ptb_over(carrier).send_photo(7, b"\x89PNG....")
    files = carrier.calls[0][2]
    assert files is not None
    assert [content for _, content, _ in files.values()] == [b"\x89PNG...."]


async def test_ptb_waits_longer_where_it_polls() -> None:
    carrier = Recording(200, {"ok": True, "result": []})
    await ptb_over(carrier).get_updates(timeout=50)
    assert carrier.calls[0][3] > 50


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (429, {"ok": False, "parameters": {"retry_after": 9}}, telegram.error.RetryAfter),
        (400, {"ok": False, "parameters": {"migrate_to_chat_id": -1}}, telegram.error.ChatMigrated),
        (403, {"ok": False, "description": "Forbidden: x"}, telegram.error.Forbidden),
        (400, {"ok": False, "description": "Bad Request: x"}, telegram.error.BadRequest),
        (401, {"ok": False, "description": "Unauthorized"}, telegram.error.InvalidToken),
        (502, b"<html>", telegram.error.NetworkError),
        (200, b"<html>", MaybeSent),
    ],
)
async def test_ptb_reads_refusals_itself(
    status: int, answer: Mapping[str, object] | bytes, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        await ptb_over(Recording(status, answer)).send_message(7, "x")


async def test_a_stock_bot_speaks_with_the_sandbox_through_our_carrier() -> None:
    world = World(now=lambda: 1_800_000_000.0)
    ada = world.person("Ada")
    world.start(ada)
    carrier = InProcess(world)
    bot = telegram.Bot(
        world.token, request=PtbRequest(carrier), get_updates_request=PtbRequest(carrier)
    )
    async with bot:
        message = await bot.send_message(ada.id, "<b>Aqtau</b>", parse_mode="HTML")
        with pytest.raises(telegram.error.BadRequest):
            await bot.send_message(ada.id, "<b>Aqtau", parse_mode="HTML")
        world.block(ada)
        with pytest.raises(telegram.error.Forbidden):
            await bot.send_message(ada.id, "x")
        updates = await bot.get_updates(timeout=0)
    assert message.text == "Aqtau"
    assert updates[0].message is not None


async def test_ptb_does_not_fetch_files_through_our_carrier() -> None:
    with pytest.raises(NotSent):
        await PtbRequest(Recording(200, b"")).retrieve("https://t/file")


# --- the secret ----------------------------------------------------------------------------


async def test_the_token_is_in_no_text_that_we_leave_behind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    texts: list[str] = [repr(HttpCarrier("https://api", TOKEN)), str(HttpCarrier("x", TOKEN))]

    async def slam(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        reset(writer)

    async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async def collect(address: str, *, ptb: bool = True) -> None:
        async with carrying(address) as carrier:
            for door in (Wire(carrier), PtbRequest(carrier))[: 1 + ptb]:
                try:
                    if isinstance(door, Wire):
                        await door.call("sendMessage", PARAMS, timeout=0.2)
                    else:
                        await door.post(f"{address}/bot{TOKEN}/x")
                except (CallFailed, telegram.error.TelegramError) as error:
                    logging.getLogger("test").exception("failed")
                    told = traceback.TracebackException.from_exception(error, capture_locals=False)
                    texts.extend([*told.format(), repr(error), repr(error.__context__)])

    await collect(closed_port())
    await collect("https://")
    for behaviour in (slam, hang, answering(b"{"), answering(b"<", status="500 Oops")):
        async with serving(behaviour) as address:
            await collect(address, ptb=behaviour is not hang)
    texts += [record.getMessage() for record in caplog.records] + [caplog.text]
    assert len(texts) > 20
    secret = TOKEN.partition(":")[2]
    assert [text for text in texts if secret in normalize("NFKC", text)] == []


def test_an_address_that_is_none_is_told_at_once_and_without_the_token() -> None:
    with pytest.raises(ValueError, match=r"^(?!.*SECRET)"):
        HttpCarrier("https://[bad", TOKEN)
