"""Subscribers moved in and out, on both engines."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from bot import operations
from bot.clock import ManualClock, micros
from bot.control import LONGEST
from bot.newsroom.lines import HEADER, Form, Record, Wrong, read_lines
from bot.newsroom.office import Office
from bot.newsroom.roster import Taken, give, take
from bot.store import chats, cohorts, subscriptions
from bot.store.chats import Chat
from bot.store.database import Database
from bot.store.subscriptions import LIMIT, Subscription
from tests.newsroom.desk import MONDAY, Desk
from tests.operate.conftest import office_of

HEAD = ",".join(HEADER) + "\n"
ADA = "5,,daily,harbour,08:30,mon-fri,Asia/Almaty,en\n"


async def read(office: Office, text: str, form: Form = "csv") -> Taken:
    """What the command does with a file, in one batch."""
    lines = [HEAD, *text.splitlines(keepends=True)] if form == "csv" else text.splitlines()
    found = list(read_lines(lines, form))
    assert [one for one in found if isinstance(one, Wrong)] == []
    return await take(office, [one for one in found if isinstance(one, Record)])


async def written(office: Office, form: Form) -> str:
    return "".join([line async for _, lines in give(office, form) for line in lines])


async def ada(office: Office, number: int = 5) -> tuple[Chat, list[Subscription]]:
    async with office.database.read() as conn:
        chat = await chats.find(conn, number)
        assert chat is not None
        return chat, await subscriptions.list_for(conn, chat.id, ended=True)


async def test_a_line_becomes_a_chat_with_a_subscription(office: Office, desk: Desk) -> None:
    taken = await read(office, ADA)
    assert (taken.added, taken.new_chats, taken.wrong) == (1, 1, ())
    chat, [wish] = await ada(office)
    assert (chat.kind, chat.language, chat.zone, chat.state) == (
        "private",
        "en",
        "Asia/Almaty",
        "active",
    )
    assert (wish.edition, wish.topics, wish.minute, wish.days, wish.zone) == (
        "daily",
        ("harbour",),
        510,
        0b0011111,
        "Asia/Almaty",
    )
    assert desk.woken == 1


async def test_a_second_import_changes_nothing(office: Office) -> None:
    text = ADA + "5,,alerts,,,,,en\n-1001234567890,7,evening,,,,UTC,hy\n"
    first = await read(office, text)
    before = await written(office, "jsonl")
    second = await read(office, text)
    assert (first.added, first.new_chats) == (3, 2)
    assert (second.added, second.changed, second.same) == (0, 0, 3)
    assert (second.new_chats, second.changed_chats) == (0, 0)
    assert await written(office, "jsonl") == before


async def test_what_the_file_says_otherwise_is_changed(office: Office) -> None:
    await read(office, ADA)
    taken = await read(office, "5,,daily,,08:30,mon;thu,Europe/Istanbul,hy\n")
    assert (taken.added, taken.changed, taken.changed_chats) == (0, 1, 1)
    chat, [wish] = await ada(office)
    assert (wish.topics, wish.days, wish.zone) == ((), 0b0001001, "Europe/Istanbul")
    assert (chat.language, chat.zone) == ("hy", "Asia/Almaty")


async def test_a_changed_line_moves_to_the_cohort_of_its_new_days(office: Office) -> None:
    await read(office, ADA)
    await read(office, "5,,daily,harbour,08:30,sat,Asia/Almaty,en\n")
    _, [wish] = await ada(office)
    async with office.database.read() as conn:
        assert wish.cohort_id is not None
        cohort = await cohorts.get(conn, wish.cohort_id)
    assert cohort is not None
    assert (cohort.days, cohort.next_date and cohort.next_date.isoformat()) == (
        0b0100000,
        "2025-11-29",
    )


async def test_who_has_left_is_not_brought_back_by_a_file(office: Office) -> None:
    await read(office, ADA)
    _, [wish] = await ada(office)
    async with office.database.write() as conn:
        await subscriptions.end(conn, wish.id, office.now)
    taken = await read(office, ADA)
    assert (taken.added, taken.changed, taken.same, taken.left) == (0, 0, 0, 1)
    _, [wish] = await ada(office)
    assert wish.state == "ended"


async def test_good_lines_are_kept_whatever_the_others_are(office: Office) -> None:
    taken = await read(
        office,
        "abc,,daily,,08:30,mon-fri,UTC,en\n"
        "6,x,daily,,08:30,mon-fri,UTC,en\n"
        "7,,daly,,08:30,mon-fri,UTC,en\n"
        "8,,daily,habour,08:30,mon-fri,UTC,en\n"
        "9,,daily,,8.30,mon-fri,UTC,en\n"
        "10,,daily,,08:30,weekdays,UTC,en\n"
        "11,,daily,,08:30,mon-fri,Asia/Almatty,en\n"
        "12,,daily,,08:30,mon-fri,,en\n"
        "13,,alerts,,08:30,,,en\n"
        "14,,daily,,08:30,mon-fri,UTC,english!\n"
        "99999999999999999999,,daily,,08:30,mon-fri,UTC,en\n"
        "'; DROP TABLE chats; --,,daily,,08:30,mon-fri,UTC,en\n" + ADA,
    )
    assert taken.added == taken.new_chats == 1
    assert [str(one) for one in taken.wrong] == [
        "2:chat_id: `abc` is no chat; write its number",
        "3:thread_id: `x` is no forum topic; write its number, or nothing",
        "4:edition: there is no edition `daly`; did you mean daily?",
        "5:topics: there is no dossier `habour`; did you mean harbour?",
        "6:time: `8.30` is not a time; write 08:30",
        "7:days: `weekdays` is not a list of days; write mon-fri or mon;thu",
        "8:timezone: `Asia/Almatty` is no time zone; write one such as Asia/Almaty",
        "9:timezone: is missing; write an IANA name such as Asia/Almaty",
        "10:time: alerts has no hour; leave time and days empty",
        "11:language: `english!` is no language; write a code such as en or pt-br",
        "12:chat_id: `99999999999999999999` is no chat; write its number",
        "13:chat_id: `'; DROP TABLE chats; --` is no chat; write its number",
    ]


async def test_an_empty_hour_is_the_editions_own(office: Office) -> None:
    await read(office, "5,,daily,,,,Asia/Almaty,\n")
    chat, [wish] = await ada(office)
    assert (wish.minute, wish.days, chat.language) == (480, 0b0011111, "en")


async def test_no_file_gives_a_chat_more_than_it_may_have(office: Office) -> None:
    hours = [f"5,,daily,,{hour:02d}:00,mon-fri,UTC,en\n" for hour in range(LIMIT + 2)]
    taken = await read(office, "".join(hours))
    assert (taken.added, len(taken.wrong)) == (LIMIT, 2)
    again = await read(office, "".join(hours))
    assert (again.added, again.same, len(again.wrong)) == (0, LIMIT, 2)


async def test_what_was_imported_is_sent_at_its_hour(office: Office, desk: Desk) -> None:
    await read(office, "5,,daily,,08:00,mon-fri,Asia/Almaty,en\n")
    await desk.until("24 08:00")
    assert len(await desk.texts()) == 1


async def test_an_import_between_an_hour_and_its_round_costs_nobody_the_brief(
    office: Office, desk: Desk
) -> None:
    await read(office, "5,,daily,,08:00,mon-fri,Asia/Almaty,en\n")
    await desk.sleep_until("24 08:02")
    taken = await read(office, "5,,daily,,08:00,mon-sat,Asia/Almaty,en\n")
    assert taken.changed == 1
    await desk.rounds.tick()
    assert len(await desk.texts()) == 1
    _, [wish] = await ada(office)
    assert (wish.days, wish.done_date) == (0b0111111, date(2025, 11, 24))


async def test_csv_has_those_who_can_be_reached_and_have_not_left(office: Office) -> None:
    await read(office, ADA + "6,,daily,,08:30,mon-fri,UTC,en\n7,,daily,,08:30,mon-fri,UTC,en\n")
    async with office.database.write() as conn:
        ben, zoe = await chats.find(conn, 6), await chats.find(conn, 7)
        assert ben is not None
        assert zoe is not None
        await chats.set_state(conn, ben.id, "blocked", office.now)
        await subscriptions.end_all(conn, zoe.id, office.now)
    assert await written(office, "csv") == HEAD + ADA


async def test_a_csv_written_here_is_read_here(office: Office) -> None:
    text = ADA + "5,,alerts,harbour,,,Asia/Almaty,en\n-1001234567890,7,evening,,18:00,mon,UTC,hy\n"
    await read(office, text)
    lines = (await written(office, "csv")).splitlines(keepends=True)
    assert sorted(lines[1:]) == sorted(text.splitlines(keepends=True))


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Office]:
    """Another bot's office, with an empty store of its own."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    opened = await Database.open(str(folder / "briefing.sqlite"), state=folder)
    other = Desk(folder, ManualClock(MONDAY), opened)
    await other.publisher.accept()
    yield office_of(other)
    await opened.close()


async def test_json_lines_keep_everything(office: Office, desk: Desk, elsewhere: Office) -> None:
    await read(office, ADA + "6,,daily,,08:30,mon-fri,UTC,en\n-1001234567890,7,daily,,,,UTC,hy\n")
    now = micros(office.clock.now())
    async with office.database.write() as conn:
        one, ben, club = [await chats.find(conn, key) for key in (5, 6, -1001234567890)]
        assert one is not None
        assert ben is not None
        assert club is not None
        await chats.set_fields(
            conn, one.id, quiet_from=1320, quiet_to=420, length="short", empty="silence"
        )
        await chats.set_fields(conn, club.id, open_to_all=True, title="The Club", now=now)
        await subscriptions.pause(conn, one.id, until=now + 1_000_001, now=now)
        await subscriptions.end_all(conn, ben.id, now)
        await chats.set_state(conn, ben.id, "blocked", now)
    text = await written(office, "jsonl")
    taken = await read(elsewhere, text, "jsonl")
    assert (taken.added, taken.new_chats, taken.wrong) == (3, 3, ())
    assert sorted(await _bodies(elsewhere)) == sorted(await _bodies(office))
    again = await read(elsewhere, text, "jsonl")
    assert (again.added, again.changed, again.left, again.same) == (0, 0, 0, 3)
    assert (again.new_chats, again.changed_chats) == (0, 0)


async def _bodies(office: Office) -> list[str]:
    return (await written(office, "jsonl")).splitlines()


async def test_a_date_already_had_is_not_sent_again_after_the_move(
    office: Office, desk: Desk, elsewhere: Office
) -> None:
    await read(office, "5,,daily,,08:00,mon-fri,Asia/Almaty,en\n")
    await desk.until("24 08:00")
    assert len(await desk.texts()) == 1
    await read(elsewhere, await written(office, "jsonl"), "jsonl")
    _, [wish] = await ada(elsewhere)
    assert wish.done_date is not None
    assert wish.done_date.isoformat() == "2025-11-24"


async def test_wrong_parts_of_a_json_line_are_named_by_their_place(office: Office) -> None:
    body = {
        "chat_id": 5,
        "language": "en",
        "subscriptions": [
            {"edition": "daily", "time": "08:00", "days": "mon", "timezone": "UTC"},
            {"edition": "daly"},
            7,
            {"edition": "alerts", "paused_until": "soon"},
            {"edition": "alerts", "done_date": "yesterday"},
            {"edition": "alerts", "state": "asleep"},
            {"edition": ["alerts"]},
        ],
    }
    other = {"chat_id": 6, "kind": "robot", "subscriptions": []}
    lines = "\n".join(json.dumps(one) for one in (body, other, {"chat_id": 7, "subscriptions": 1}))
    taken = await read(office, lines, "jsonl")
    assert (taken.added, taken.new_chats) == (1, 1)
    assert [str(one).partition(": ")[0] for one in taken.wrong] == [
        "1:subscriptions[2].edition",
        "1:subscriptions[3].",
        "1:subscriptions[4].paused_until",
        "1:subscriptions[5].done_date",
        "1:subscriptions[6].state",
        "1:subscriptions[7].edition",
        "2:kind",
        "3:subscriptions",
    ]


async def test_a_json_line_may_have_the_columns_of_the_csv(office: Office) -> None:
    line = {"chat_id": "5", "edition": "daily", "time": "08:30", "timezone": "UTC"}
    taken = await read(office, json.dumps(line), "jsonl")
    assert (taken.added, taken.wrong) == (1, ())


async def test_what_is_handed_out_at_once_fits_the_control_line(office: Office) -> None:
    names = ",".join(f'"{name}"' for name in ("x" * 80,) * 3)
    wish = {"edition": "daily", "timezone": "Asia/Almaty", "topics": ""}
    lines = [
        {
            "chat_id": number,
            "title": names,
            "subscriptions": [{**wish, "time": f"{hour:02d}:00"} for hour in range(LIMIT)],
        }
        for number in range(1, 401)
    ]
    for start in range(0, len(lines), 100):
        batch = lines[start : start + 100]
        await take(office, [Record(place, line) for place, line in enumerate(batch, start=1)])
    heard: list[operations.Fields] = []

    async def tell(event: operations.Fields) -> bool:
        heard.append(event)
        return True

    done = await operations.perform(office, "give", {"form": "jsonl"}, tell)
    assert done == {"lines": 400, "chats": 400}
    assert max(len(json.dumps(event, ensure_ascii=False).encode()) for event in heard) < LONGEST / 2
    assert sum(int(str(event["chats"])) for event in heard) == 400
    assert len("".join(str(event["lines"]) for event in heard)) > LONGEST / 2
