"""The coming edition is shown to the editors, who may hold it, let it go, or drop it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.newsroom import carry
from bot.newsroom.carry import resume_words
from bot.newsroom.coming import Herald, say_word
from bot.newsroom.office import Office, Refusal
from bot.newsroom.progress import stop, under_way
from bot.store import bulletins, occasions
from tests.cast import Actor, Town
from tests.newsroom.desk import Desk

ED = 900
KEY = "edition:daily:2025-11-24"


@pytest.fixture
async def herald(desk: Desk, office: Office) -> Herald:
    await desk.chat(ED)
    return Herald(office, desk.rounds, [ED, 901])


async def shown(desk: Desk) -> int:
    """The number under the button."""
    async with desk.database.read() as conn:
        found = await occasions.named(conn, KEY)
    assert found is not None
    return found.id


async def test_an_editor_sees_the_coming_brief_once_and_before_its_readers(
    desk: Desk, herald: Herald
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.subscribe(await desk.chat(2), zone="Europe/Istanbul")
    await desk.sleep_until("24 07:44")
    assert await herald.look() == 0
    await desk.sleep_until("24 07:46")
    assert await herald.look() == 1
    assert await herald.look() == 0
    [first] = await desk.claim()
    assert (first.tg_id, first.parts) == (ED, 2)
    assert "Morning brief, 24 November 2025" in first.plain
    assert first.keyboard is None
    async with desk.database.read() as conn:
        [_, second] = await bulletins.parts(conn, first.bulletin_id)
    assert "first at 08:00 (Asia/Almaty). Subscribers: 2." in second.plain
    assert "Hold it" in str(second.keyboard)
    # Another process, or this one after a restart, shows it no second time.
    await desk.restart()
    again = Herald(herald._office, desk.rounds, [ED])
    assert await again.look() == 0
    await desk.until("24 08:00")
    assert [one.tg_id for one in await desk.claim()] == [1]


async def test_an_hour_that_nobody_wants_is_not_shown(desk: Desk, herald: Herald) -> None:
    await desk.sleep_until("24 07:50")
    assert await herald.look() == 0
    assert await desk.claim() == []


async def test_what_is_held_waits_in_every_zone_and_says_when_it_was_meant_to_come(
    desk: Desk, office: Office, herald: Herald
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.subscribe(await desk.chat(2), zone="Asia/Aqtau")
    await desk.subscribe(await desk.chat(3), edition="evening", days=127)
    await desk.sleep_until("24 07:50")
    await herald.look()
    await desk.claim()
    number = await shown(desk)
    assert (await say_word(office, number, "held")).state == "held"
    await desk.until("24 08:00")
    assert [one.tg_id for one in await desk.claim() if one.tg_id != ED] == [3]
    await desk.until("24 08:20")
    assert await desk.claim() == []
    [first, second] = await under_way(office)
    assert {first.left, second.left} == {1}
    await say_word(office, number, "open")
    texts = {one.tg_id: one.preface for one in await desk.claim()}
    assert texts == {
        1: "Meant for 08:00, sent at 08:20.",
        2: "Meant for 08:00, sent at 08:20.",
    }
    assert await desk.states() == {"sent": 5}


async def test_what_is_let_go_before_its_hour_comes_as_if_nothing_had_been(
    desk: Desk, office: Office, herald: Herald
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.sleep_until("24 07:50")
    await herald.look()
    number = await shown(desk)
    await say_word(office, number, "held")
    await say_word(office, number, "open")
    await desk.until("24 08:00")
    assert [one.preface for one in await desk.claim() if one.tg_id == 1] == [""]


async def test_what_is_held_past_its_limit_is_too_late_and_the_next_brief_says_so(
    desk: Desk, office: Office, herald: Herald
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.sleep_until("24 07:50")
    await herald.look()
    await say_word(office, await shown(desk), "held")
    await desk.until("24 08:00")
    assert [one.tg_id for one in await desk.claim()] == [ED]
    await desk.sleep_until("24 11:01")
    await desk.rounds.tick()
    assert [one for one in await desk.claim() if one.tg_id == 1] == []
    await desk.until("25 08:00")
    [text] = await desk.texts()
    assert text.startswith("The last Morning brief did not reach you in time")


async def test_what_is_dropped_is_never_sent_and_the_next_one_tells_what_changed_since_the_last(
    desk: Desk, office: Office, herald: Herald
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    assert len(await desk.claim()) == 1
    desk.save(
        "briefings/harbour.yaml",
        (desk.briefings / "harbour.yaml").read_text().replace("It is open", "It is shut"),
    )
    await desk.publisher.accept()
    await desk.sleep_until("25 07:50")
    await herald.look()
    async with desk.database.read() as conn:
        found = await occasions.named(conn, "edition:daily:2025-11-25")
    assert found is not None
    assert found.local_date == date(2025, 11, 25)
    await say_word(office, found.id, "held")
    assert (await say_word(office, found.id, "stopped")).state == "stopped"
    # The word is the last one.
    assert (await say_word(office, found.id, "open")).state == "stopped"
    await desk.until("25 08:00")
    assert [one for one in await desk.claim() if one.tg_id == 1] == []
    await desk.until("26 08:00")
    texts = await desk.texts()
    assert any("since 2025-11-24: updated" in text for text in texts)


class Died(Exception):
    """The process ended here."""


async def test_what_was_let_go_leaves_though_the_process_died_before_it_was_called_for(
    desk: Desk, office: Office, herald: Herald, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.sleep_until("24 07:50")
    await herald.look()
    number = await shown(desk)
    await say_word(office, number, "held")
    await desk.until("24 08:00")
    assert [one.tg_id for one in await desk.claim()] == [ED]

    def die() -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(carry, "write_prefaces", lambda *_, **__: die())
        with pytest.raises(Died):
            await say_word(office, number, "open")
    await desk.sleep_until("24 08:20")
    assert await desk.claim() == []
    assert await resume_words(office) == 1
    assert [one.preface for one in await desk.claim()] == ["Meant for 08:00, sent at 08:20."]
    assert await resume_words(office) == 0


async def test_what_is_stopped_after_its_hour_counts_as_not_had(
    desk: Desk, office: Office, herald: Herald
) -> None:
    reader = await desk.chat(1)
    wish = await desk.subscribe(reader)
    await desk.until("24 08:00")
    assert len(await desk.claim()) == 1
    desk.save(
        "briefings/harbour.yaml",
        (desk.briefings / "harbour.yaml").read_text().replace("It is open", "It is shut"),
    )
    await desk.publisher.accept()
    await desk.until("25 08:00")
    [slot] = [one for one in await under_way(office) if one.kind == "slot"]
    await stop(office, str(slot.occasion_id))
    assert await desk.claim() == []
    # Nor does it come at another hour of the same day.
    await desk.subscribe(reader, "18:00", change=wish.id)
    await desk.until("25 18:00")
    assert await desk.claim() == []
    await desk.subscribe(reader, "08:00", change=wish.id)
    await desk.until("26 08:00")
    [text] = await desk.texts()
    assert "since 2025-11-24: updated" in text


async def test_a_number_that_is_no_word_is_refused(desk: Desk, office: Office) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    for number in (1, 77):
        with pytest.raises(Refusal, match="no more"):
            await say_word(office, number, "held")
    assert len(await desk.claim()) == 1


async def test_an_editor_holds_a_brief_by_its_button(ed: Actor, ada: Actor, town: Town) -> None:
    await ed.starts()
    await ada.says("/subscribe daily 10:30 Asia/Almaty")
    await town.pass_time(minutes=20)
    herald = Herald(town.app.desk.office, town.app.rounds, [ed.person.id])
    assert await herald.look() == 1
    await town.pass_time(minutes=1)
    assert "Coming: Morning brief of Monday 24 November, first at 10:30 (Asia/Almaty)" in ed.sees
    await ed.presses("Hold it")
    assert ed.sees.startswith("Held: Morning brief of Monday 24 November.")
    assert ed.buttons == ["Let it go", "Drop it"]
    await town.pass_time(minutes=20)
    assert town.briefs(ada) == []
    await ada.says("/topics")
    await ada.forges("ag:1")
    assert town.briefs(ada) == []
    await ed.presses("Let it go", under=[one for one in ed.told() if "Held" in one.text][-1])
    await town.pass_time(minutes=1)
    assert len(town.briefs(ada)) == 1
    assert town.sent(ada)[-1].startswith("Meant for 10:30, sent at")
