"""The operator's wishes by name: JSON in, JSON out, the same by the socket and beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import asdict

from bot.errors import BriefingError
from bot.newsroom.announce import announce, preview
from bot.newsroom.announce import report as announcement_report
from bot.newsroom.audience import count_audience
from bot.newsroom.doubts import Answer, doubts, settle_doubts
from bot.newsroom.lines import Record
from bot.newsroom.look import look_around, tell_look
from bot.newsroom.office import Office, Refusal
from bot.newsroom.progress import Progress, progress, stop, tell_progress, under_way
from bot.newsroom.roster import count_chats, give, take
from bot.newsroom.send import plan, report, send
from bot.newsroom.slots import late_limit

Fields = dict[str, object]
Tell = Callable[[Fields], Awaitable[bool]]
Operation = Callable[[Office, Fields, Tell], Awaitable[Fields]]

MOST = 2000
"""Lines of one batch."""
MOST_CHARACTERS = 400_000
"""Of the lines that are handed out at once."""


async def _look(office: Office, given: Fields, tell: Tell) -> Fields:
    seen = await look_around(office)
    return {**asdict(seen), "lines": tell_look(seen, office.words("en"))}


async def _plan(office: Office, given: Fields, tell: Tell) -> Fields:
    edition = _text(given, "edition")
    planned = await plan(office, edition, _number(given, "to"))
    late = late_limit(office.publisher.current.library.editions[edition])
    return {
        "report": report(planned, office.words("en"), late),
        "reached": planned.audience.reached,
    }


async def _send(office: Office, given: Fields, tell: Tell) -> Fields:
    sent = await send(office, _text(given, "edition"), _number(given, "to"), _teller(tell))
    return {"occasion": sent.occasion.id, "owed": sent.owed}


async def _preview(office: Office, given: Fields, tell: Tell) -> Fields:
    words = office.words("en")
    messages = preview(_text(given, "text"), words)
    found = await count_audience(office)
    return {
        "messages": [message.plain for message in messages],
        "report": announcement_report(found, words, office.rate),
        "reached": found.reached,
    }


async def _announce(office: Office, given: Fields, tell: Tell) -> Fields:
    occasion = await announce(office, _text(given, "text"), _text(given, "key"), _teller(tell))
    return {"occasion": occasion.id}


async def _progress(office: Office, given: Fields, tell: Tell) -> Fields:
    name = str(given.get("occasion", ""))
    done = await progress(office, int(name)) if name.isdecimal() else None
    if done is None:
        raise Refusal(office.words("en")("operate.no_occasion", name=name))
    return _told(office, done)


async def _stop(office: Office, given: Fields, tell: Tell) -> Fields:
    return _told(office, await stop(office, _text(given, "occasion")))


async def _under_way(office: Office, given: Fields, tell: Tell) -> Fields:
    return {"occasions": [_told(office, done) for done in await under_way(office)]}


async def _doubts(office: Office, given: Fields, tell: Tell) -> Fields:
    found = await doubts(office, _number(given, "after") or 0)
    return {"deliveries": [asdict(held) for held in found]}


async def _settle(office: Office, given: Fields, tell: Tell) -> Fields:
    answers: Mapping[str, Answer] = {"resend": "resend", "close": "close"}
    answer = answers.get(_text(given, "answer"))
    if answer is None:
        raise Refusal("An unknown delivery is resent or closed.")
    return {"settled": await settle_doubts(office, answer)}


async def _take(office: Office, given: Fields, tell: Tell) -> Fields:
    rows = given.get("records")
    if not isinstance(rows, list) or len(rows) > MOST:
        raise Refusal(f"A batch has at most {MOST} lines.")
    records = [
        Record(line, columns)
        for line, columns in rows
        if isinstance(line, int) and isinstance(columns, dict)
    ]
    return asdict(await take(office, records))


async def _give(office: Office, given: Fields, tell: Tell) -> Fields:
    total = await count_chats(office)
    written = chats = 0
    async for done, lines in give(office, "csv" if given.get("form") == "csv" else "jsonl"):
        chats += done
        written += len(lines) if done else 0
        for place, some in enumerate(_portions(lines)):
            event = {"lines": some, "chats": 0 if place else done, "total": total}
            if not await tell(event):
                return {"lines": written, "chats": chats}
    return {"lines": written, "chats": chats}


def _portions(lines: list[str]) -> Iterator[list[str]]:
    """The lines in portions that the control line carries: chats differ much in what they keep."""
    some: list[str] = []
    size = 0
    for line in lines:
        if some and size + len(line) > MOST_CHARACTERS:
            yield some
            some, size = [], 0
        some.append(line)
        size += len(line)
    yield some


OPERATIONS: Mapping[str, Operation] = {
    "look": _look,
    "plan": _plan,
    "send": _send,
    "preview": _preview,
    "announce": _announce,
    "progress": _progress,
    "stop": _stop,
    "under way": _under_way,
    "doubts": _doubts,
    "settle": _settle,
    "take": _take,
    "give": _give,
}


async def perform(office: Office, name: str, given: Fields, tell: Tell) -> Fields:
    """Carry out one wish. Raises BriefingError with the reason where it cannot be."""
    operation = OPERATIONS.get(name)
    if operation is None:
        raise BriefingError(f"The running bot knows no command {name!r}; is it of another release?")
    return await operation(office, given, tell)


def _told(office: Office, done: Progress) -> Fields:
    return {
        **asdict(done),
        "is_done": done.is_done,
        "line": tell_progress(done, office.words("en")),
    }


def _teller(tell: Tell) -> Callable[[int], Awaitable[None]]:
    async def told(owed: int) -> None:
        await tell({"owed": owed})

    return told


def _text(given: Fields, name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise Refusal(f"The command lacks {name!r}.")
    return value


def _number(given: Fields, name: str) -> int | None:
    value = given.get(name)
    if value is not None and not isinstance(value, int):
        raise Refusal(f"{name!r} is no number.")
    return value
