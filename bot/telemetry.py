"""The log: a sentence for people and a stable `action` for machines, with no secret in it.

`log = telemetry.logger(__name__)`, then `log.info("Sent the brief.", action="sent", count=3)`.
Whatever leaves through our handler is searched for secrets last of all, as finished text: other
libraries' lines, tracebacks and arguments included.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import TextIO
from urllib.parse import quote

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.typing import EventDict, Processor

MASK = "***"
SHORTEST = 6

# httpx writes each URL, token included, at INFO; the others tell at length what we tell ourselves.
QUIET = ("aiohttp.access", "aiosqlite", "alembic", "apscheduler", "httpcore", "httpx", "watchfiles")

_PATTERNS = (
    # A bot's token, plain or percent-encoded; the number before it may be known.
    (re.compile(r"(\d{3,}(?::|%3[Aa]))[A-Za-z0-9_-]{30,}"), rf"\1{MASK}"),
    # A token of a test server may be shorter; where it stands in a URL it is known by its place.
    (re.compile(r"(/bot\d+(?::|%3[Aa]))[A-Za-z0-9_-]+"), rf"\1{MASK}"),
    # user:password@ of any URL; the password may hold an @ of its own.
    (re.compile(r"([a-z][a-z0-9+.-]*://[^\s/:@'\"]*):[^\s'\"]+@"), rf"\1:{MASK}@"),
    (re.compile(r"([?&](?:ssl)?password=)[^&\s'\"]+", re.IGNORECASE), rf"\1{MASK}"),
    (
        re.compile(
            r"(secret[_-]token\\?['\"]?\s*[:=,]\s*b?\\?['\"]?)[A-Za-z0-9_-]+", re.IGNORECASE
        ),
        rf"\1{MASK}",
    ),
)


class Redactor:
    """Takes secrets out of text: those it was told, and whatever has the form of one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spellings: set[str] = set()
        for whole in secrets:
            # The bot's number is no secret, and tells which bot a line is about.
            secret = re.sub(r"^\d+:", "", whole)
            # "bot" as a password would blacken the log; inside a URL it is masked all the same.
            if len(secret) < SHORTEST:
                continue
            in_json = json.dumps(secret)[1:-1]
            spellings |= {secret, quote(secret, safe=""), in_json, repr(secret)[1:-1]}
        # Longest first, or a part of a secret would be cut out and the rest left.
        self._known = sorted(spellings, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        for secret in self._known:
            text = text.replace(secret, MASK)
        return text


class _Formatter(ProcessorFormatter):
    """structlog's formatter, searched for secrets after everything else."""

    def __init__(self, redact: Redactor, before: list[Processor], last: list[Processor]) -> None:
        super().__init__(processors=last, foreign_pre_chain=before)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


class _Handler(logging.StreamHandler[TextIO]):
    """A stream that keeps quiet about the arguments of a line that cannot be written."""

    def handleError(self, record: logging.LogRecord) -> None:
        # logging would print the record's arguments and a traceback, past every filter.
        kind = sys.exc_info()[0]
        name = kind.__name__ if kind else "error"
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(f"A line of {record.name} could not be logged ({name}).\n")


def logger(name: str) -> BoundLogger:
    """A logger; pass `action="..."` with each line, two words at most, never reworded."""
    found: BoundLogger = structlog.stdlib.get_logger(name)
    return found


def setup(
    form: str = "text",
    level: str = "info",
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send all logs, and crashes, through one handler to `stream` (standard error by default).

    `form` is text or json, `level` as BRIEFING_LOG_LEVEL. To be called once, at the edge; a second
    call replaces the first.
    """
    out = sys.stderr if stream is None else stream
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(
            fmt="iso" if form == "json" else "%Y-%m-%d %H:%M:%SZ", utc=True
        ),
        structlog.processors.StackInfoRenderer(),
        _with_action,
    ]
    last: list[Processor] = [ProcessorFormatter.remove_processors_meta]
    if form == "json":
        last += [
            structlog.processors.format_exc_info,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    else:
        last += [
            _on_one_line,
            structlog.dev.ConsoleRenderer(
                colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    handler = _Handler(out)
    handler.setFormatter(_Formatter(Redactor(secrets), before, last))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    # What Python itself prints when it dies would go past the handler.
    sys.excepthook = _crashed
    threading.excepthook = _thread_crashed


def _on_one_line(_: object, __: str, event: EventDict) -> EventDict:
    event["event"] = re.sub(r"\s*[\r\n]+\s*", " | ", str(event["event"]))
    return event


def _with_action(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A foreign line has no action of ours; a machine that counts still finds the field."""
    event.setdefault("action", "note")
    return event


def _crashed(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logger("bot").critical(
        "The bot stopped by an error of its own.",
        action="crashed",
        exc_info=(kind, error, traceback),
    )


def _thread_crashed(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        _crashed(args.exc_type, args.exc_value, args.exc_traceback)
