"""What is the reader's own: what is kept, all of it as a file, and nothing of it once erased."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import BigInteger, Integer, select

from bot.chat.own import FILE
from bot.newsroom.schedule import KEEP
from bot.store import inbox, prompts
from bot.store.tables import chats, metadata
from tests.cast import Actor, Town, data

DAY = 24 * 3600 * 1_000_000
ABOUT_CHATS = {
    "subscriptions", "deliveries", "receipts", "receipt_figures", "inbox", "reports", "prompts",
}  # fmt: skip
SHARED = {
    "cohorts", "revisions", "occasions", "bulletins", "bulletin_parts", "bulletin_figures",
    "bucket", "meta", "questions",
}  # fmt: skip
"""Tables that know no chat."""


def content(town: Town, who: Actor) -> dict[str, Any]:
    """The file that somebody was sent last."""
    document = who.last().payload["document"]
    assert document["file_name"] == FILE
    found = json.loads(town.world.files.by_id[document["file_id"]].data)
    assert isinstance(found, dict)
    return found


async def use_everything(ada: Actor, town: Town) -> None:
    """Leave a trace in every table that can have one."""
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/subscribe weekly")
    await ada.says("/unsubscribe")
    await ada.presses("Weekly brief at 09:00")
    await town.pass_time(days=1)
    await ada.says("/corridor")
    await ada.says("/report the year is wrong")
    await ada.says("/report")
    await ada.says("/settings")
    await ada.presses("Make briefs short")


async def traces(town: Town, chat_id: int, tg_id: int) -> dict[str, int]:
    """How many rows of each table are about a chat, by the tables' own columns."""
    found: dict[str, int] = {}
    for table in metadata.sorted_tables:
        for column in table.c:
            if not isinstance(column.type, (BigInteger, Integer)):
                continue
            wanted = {"chat_id": chat_id, "tg_id": tg_id}.get(column.name)
            if table.name == "inbox" and column.name == "chat_id":
                wanted = tg_id
            if wanted is None:
                continue
            async with town.app.database.read() as conn:
                rows = await conn.execute(select(table).where(column == wanted))
                found[table.name] = found.get(table.name, 0) + len(rows.all())
    return found


def test_every_table_is_about_chats_or_knows_none() -> None:
    """Who adds a table says which: what is about a chat is given out and erased with it."""
    assert {table.name for table in metadata.sorted_tables} == {"chats"} | ABOUT_CHATS | SHARED


async def test_my_data_is_a_file_with_every_row_about_the_chat(ada: Actor, town: Town) -> None:
    await use_everything(ada, town)
    await ada.says("/mydata")
    found = content(town, ada)
    assert set(found) == {"chat", "made", "chats"} | ABOUT_CHATS
    assert found["chat"] == ada.person.id
    assert found["chats"][0]["length"] == "short"
    assert {row["state"] for row in found["subscriptions"]} == {"active", "ended"}
    assert [row["text"] for row in found["reports"]] == ["the year is wrong"]
    assert found["deliveries"][0]["state"] == "sent"
    assert found["deliveries"][0]["created_at"].startswith("2025-11-25T03:")
    assert any(
        row["observation"].startswith("corridor.volume@") for row in found["receipt_figures"]
    )
    own = (await town.rows("SELECT id, tg_id FROM chats WHERE tg_id = 1001"))[0]
    for name, count in (await traces(town, *own)).items():
        assert len(found[name]) >= count - 1, name
        assert count, f"{name} has no trace to be erased"


async def test_my_data_holds_nothing_of_anybody_else(ada: Actor, zoe: Actor, town: Town) -> None:
    await use_everything(ada, town)
    await zoe.says("/subscribe daily 08:30 Asia/Baku")
    await zoe.says("/mydata")
    found = content(town, zoe)
    text = json.dumps(found)
    assert "Asia/Baku" in text
    assert "Asia/Almaty" not in text
    assert "1001" not in {str(row["tg_id"]) for row in found["chats"]}


async def test_forget_asks_once_and_then_nothing_is_left(ada: Actor, town: Town) -> None:
    await use_everything(ada, town)
    own = (await town.rows("SELECT id, tg_id FROM chats WHERE tg_id = 1001"))[0]
    await ada.says("/forget")
    assert sum((await traces(town, *own)).values()) > 5
    await ada.presses("Erase it all")
    assert ada.sees == "Erased. Nothing about this chat is kept any more. /start begins anew."
    assert set((await traces(town, *own)).values()) == {0}
    assert await town.rows("SELECT count(*) FROM receipt_figures") == [(0,)]
    assert "the year is wrong" not in str(await town.rows("SELECT * FROM inbox"))


async def test_what_is_owed_ends_and_the_next_start_is_a_strangers(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/forget")
    await ada.presses("Erase it all")
    await town.pass_time(days=3)
    assert town.briefs(ada) == []
    await ada.starts()
    assert "dossiers that editors write" in ada.sees
    await ada.says("/subscriptions")
    assert ada.sees.startswith("You have no subscriptions.")
    await ada.says("/subscribe daily 08:30")
    assert ada.sees.startswith("In which city is your morning?")


async def test_what_waits_for_the_morning_is_erased_too(ada: Actor, ed: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    async with town.app.database.write() as conn:
        await conn.exec_driver_sql("UPDATE chats SET quiet_from = 0, quiet_to = 1380")
    await ed.says("/announce Hello")
    await ed.presses("Send to 1")
    await ada.says("/forget")
    await ada.presses("Erase it all")
    await town.pass_time(days=2)
    assert "Hello" not in town.sent(ada)


async def test_an_old_button_after_forgetting_is_a_strangers_press(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    made = ada.last()
    await ada.says("/corridor")
    screen = ada.last()
    await ada.says("/forget")
    question = ada.last()
    await ada.presses("Erase it all")
    press = await ada.presses("Stop", made)
    assert press.answer.startswith("This button has had its day.")
    await ada.presses("Sections", screen)
    assert screen.text.startswith("Middle Corridor: sections")
    await ada.forges("fx", question)
    assert question.text.startswith("Erased.")
    assert await town.rows("SELECT count(*) FROM subscriptions") == [(0,)]


async def test_forget_can_be_thought_better_of(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/forget")
    await ada.presses("Keep it")
    assert ada.sees == "Nothing was erased."
    assert len(await town.held()) == 1


async def test_the_outcome_of_a_report_finds_nobody_after_forgetting(
    ada: Actor, ed: Actor, town: Town
) -> None:
    await ed.starts()
    await ada.says("/report the year is wrong")
    told = ed.last()
    await ada.says("/forget")
    await ada.presses("Erase it all")
    press = await ed.presses("Mended", told)
    assert press.answer == "That report is closed already."
    assert ada.sees.startswith("Erased.")


async def test_in_a_group_only_its_admins_have_or_erase_what_is_kept(
    ada: Actor, ben: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    async with town.app.database.write() as conn:
        await conn.execute(chats.update().values(open_to_all=True))
    for words in ("/mydata", "/forget"):
        await ben.says(words, town.club)
        assert ben.last(town.club).text.startswith("In a group, only its admins")
    await ada.says("/forget", town.club)
    question = ada.last(town.club)
    press = await ben.presses("Erase it all", question, town.club)
    assert press.answer == "Only the group's admins can change that."
    assert len(await town.held()) == 1
    await ada.presses("Erase it all", question, town.club)
    assert await town.held() == []


async def test_privacy_says_how_long_by_the_spans_that_are_kept_to(ada: Actor) -> None:
    await ada.says("/privacy")
    assert f"Then only Telegram's number of it, {inbox.KEPT // DAY} days." in ada.sees
    assert f"until you answer it: {prompts.KEPT // DAY} days at most." in ada.sees
    assert f"Which brief was sent, and when: {KEEP.days} days." in ada.sees
    assert {"my", "fg"} <= set(data(ada.last()))


async def test_about_counts_what_is_there(ada: Actor, town: Town) -> None:
    await ada.says("/about")
    library = town.app.publisher.library
    assert f"{len(library.dossiers)} dossiers, {len(library.figures)} figures" in ada.sees
    assert "from 1 source." in ada.sees
    assert "Revision 1 is served, since Monday 24 November, 05:00." in ada.sees


@pytest.mark.parametrize("button", ["Topics", "Sources", "Privacy", "Help"])
async def test_about_leads_on(ada: Actor, button: str) -> None:
    await ada.says("/about")
    before = ada.sees
    await ada.presses(button)
    assert ada.sees != before
