"""The log: sentence and action, one line each, and no secret whichever way it comes."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import structlog

from bot import telemetry

HALF = "AAF0x-aB3dEfGhIjKlMnOpQrStUvWxYz_01"
TOKEN = f"123456789:{HALF}"
PASSWORD = 'pass"wörd@1'


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging is the process's own; each test gives it back as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    hooks = sys.excepthook, threading.excepthook
    yield
    root.handlers, root.level = handlers, level
    sys.excepthook, threading.excepthook = hooks
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture(params=["text", "json"])
def out(request: pytest.FixtureRequest) -> io.StringIO:
    stream = io.StringIO()
    telemetry.setup(request.param, "info", (TOKEN, PASSWORD, "web-hook_secret"), stream)
    return stream


def test_a_line_has_a_sentence_and_an_action() -> None:
    stream = io.StringIO()
    telemetry.setup("json", "info", stream=stream)
    telemetry.logger("bot.delivery.worker").info("Sent the brief.", action="sent", count=3)
    line = json.loads(stream.getvalue())
    assert line["message"] == "Sent the brief."
    assert (line["action"], line["count"], line["level"]) == ("sent", 3, "info")
    assert line["logger"] == "bot.delivery.worker"
    assert line["timestamp"].endswith("Z")


def test_a_line_of_another_library_has_the_same_fields() -> None:
    stream = io.StringIO()
    telemetry.setup("json", "info", stream=stream)
    logging.getLogger("aiohttp.server").warning("%d went away", 3, extra={"peer": "x"})
    line = json.loads(stream.getvalue())
    assert line["message"] == "3 went away"
    assert (line["action"], line["level"], line["peer"]) == ("note", "warning", "x")


def test_text_is_one_line_for_people() -> None:
    stream = io.StringIO()
    telemetry.setup("text", "info", stream=stream)
    telemetry.logger("bot.app").info("The bot is running.", action="started")
    (line,) = stream.getvalue().splitlines()
    assert "The bot is running." in line
    assert "action=started" in line
    assert "\x1b" not in line


def test_the_level_is_kept(out: io.StringIO) -> None:
    telemetry.logger("bot").debug("Too fine.", action="fine")
    logging.getLogger("httpx").info("HTTP Request: POST a long address")
    assert out.getvalue() == ""


def test_httpx_is_quiet_even_when_we_debug() -> None:
    stream = io.StringIO()
    telemetry.setup("text", "debug", stream=stream)
    logging.getLogger("httpx").info("HTTP Request")
    logging.getLogger("httpcore.connection").debug("connect_tcp")
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    "text",
    [
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"https://api.telegram.org/file/bot{quote(TOKEN)}/photo.jpg",
        f"ExtBot[token={TOKEN}]",
        f"the half alone {HALF}",
        f"postgresql://ed:{PASSWORD}@db/briefing",
        f"postgresql://ed:{quote(PASSWORD, safe='')}@db/briefing",
        f"password was {PASSWORD!r}",
        "{'secret_token': 'web-hook_secret'}",
        "X-Telegram-Bot-Api-Secret-Token: web-hook_secret",
    ],
)
def test_a_secret_we_were_told_never_leaves(out: io.StringIO, text: str) -> None:
    ours, theirs = telemetry.logger("bot"), logging.getLogger("somebody.else")
    ours.info(text, action="said")
    ours.info("An argument.", action="said", detail=text, deep={"a": [text]})
    theirs.warning("%s", text)
    theirs.warning("extra", extra={"detail": text})
    try:
        raise RuntimeError(text)
    except RuntimeError:
        ours.exception("Failed.", action="failed")
        theirs.exception("failed")
    written = out.getvalue()
    assert "Failed." in written
    for secret in (HALF, PASSWORD, quote(PASSWORD, safe=""), "web-hook_secret"):
        assert secret not in written
        assert json.dumps(secret)[1:-1] not in written


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"https://api.telegram.org/bot42:{HALF}/getMe", HALF),
        ("http://127.0.0.1:8081/bot42:sandbox/getMe", ":sandbox"),
        ("postgresql://ed:of@another@db/briefing", "of@another"),
        ("postgresql://db/briefing?user=ed&password=another", "another"),
        ('{"secret_token": "another"}', "another"),
        ("X-Telegram-Bot-Api-Secret-Token: another", "another"),
        (r"{\"secret_token\": \"another\"}", "another"),
    ],
)
def test_what_looks_like_a_secret_is_masked_untold(text: str, hidden: str) -> None:
    masked = telemetry.Redactor()(text)
    assert hidden not in masked
    assert "***" in masked


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T08:30:00Z Sent 25 messages to 1234567890 in 3.1 s",
        "https://bot.example.org:8443/hook answered 200",
        "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "corridor.volume@2024:astana-talks",
    ],
)
def test_harmless_text_is_left_as_it_is(text: str) -> None:
    assert telemetry.Redactor(("bot", "", TOKEN))(text) == text


def test_the_bots_number_stays_readable(out: io.StringIO) -> None:
    telemetry.logger("bot").warning(f"Refused: {TOKEN}", action="refused")
    assert "123456789:***" in out.getvalue()


def test_a_sentence_of_several_lines_is_one_line_of_the_log() -> None:
    stream = io.StringIO()
    telemetry.setup("text", stream=stream)
    telemetry.logger("bot.test").warning(
        "Not taken up:\ncorridor.yaml:3:1\n  write it", action="told"
    )
    (line,) = stream.getvalue().splitlines()
    assert "Not taken up: | corridor.yaml:3:1 | write it" in line


def test_a_line_that_cannot_be_written_does_not_show_its_arguments() -> None:
    stream = io.StringIO()
    telemetry.setup("text", "info", stream=stream)
    careless = "%d of them"
    logging.getLogger("careless").warning(careless, TOKEN)
    assert stream.getvalue() == "A line of careless could not be logged (TypeError).\n"


def test_a_crash_goes_through_the_log(out: io.StringIO) -> None:
    error = RuntimeError(f"bot{TOKEN}")
    sys.excepthook(RuntimeError, error, None)
    threading.excepthook(threading.ExceptHookArgs((RuntimeError, error, None, None)))
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    written = out.getvalue()
    assert written.count("action=crashed") + written.count('"action": "crashed"') == 2
    assert HALF not in written


def test_a_warning_goes_through_the_log(out: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"bot{TOKEN} is deprecated", DeprecationWarning, stacklevel=1)
    assert "is deprecated" in out.getvalue()
    assert HALF not in out.getvalue()


def test_a_second_setup_replaces_the_first() -> None:
    first, second = io.StringIO(), io.StringIO()
    telemetry.setup("text", "info", stream=first)
    log = telemetry.logger("bot")
    log.info("One.", action="one")
    telemetry.setup("json", "info", stream=second)
    log.info("Two.", action="two")
    assert "Two." not in first.getvalue()
    assert json.loads(second.getvalue())["message"] == "Two."
