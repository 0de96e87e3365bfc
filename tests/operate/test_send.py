"""Sent by an operator's word: who gets it, when, and once, on both engines."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from bot.clock import micros
from bot.newsroom.announce import announce, open_announcement, preview
from bot.newsroom.announce import report as announcement_report
from bot.newsroom.audience import Audience, owe_all, resume
from bot.newsroom.doubts import doubts, repeat_doubts, settle_doubts
from bot.newsroom.office import Office, Refusal
from bot.newsroom.progress import progress, stop, tell_progress, under_way
from bot.newsroom.send import Plan, plan, report, send
from bot.store import audience, chats, deliveries, subscriptions
from bot.store.bulletins import Variant
from bot.text import load_words, words_for
from tests.newsroom.desk import EDITIONS, Desk

WORDS = load_words()
NOON = "24 12:00"


async def test_the_report_reads_as_it_was_drawn() -> None:
    variants = {
        Variant(language, "short" if short else "full")
        for language in ("en", "hy", "az")
        for short in (True, False)
    }
    found = Audience(1204, 311, 17, 42, 3, 96, 0, 0, variants, Counter())
    assert report(Plan("daily", 12, 25.0, found), WORDS, timedelta(hours=3)) == (
        "daily, revision 12, 3 languages, 2 lengths: 6 bulletins\n"
        "   1,204 chats now       at 25/s: 48 s\n"
        "     311 held by quiet hours until morning\n"
        "      17 paused, 42 blocked us, 3 lost their topic (sent to the group)\n"
        "  note: 96 of them have their own daily within the hour"
    )


async def test_a_pace_that_is_too_slow_is_told_before() -> None:
    found = Audience(now=1_000_000, had=5, variants={Variant("en", "full")})
    told = report(Plan("daily", 1, 25.0, found), WORDS, timedelta(hours=3))
    assert "at 25/s: 11.1 h" in told
    assert "longer than the 3.0 h" in told
    assert "5 of them had today's daily already" in told


async def everyone(desk: Desk, office: Office) -> None:
    """Ada follows twice, Ben has blocked us, Cy rests, Zoe sleeps, the Club has two topics."""
    cast = {}
    for number in range(1, 6):
        cast[number] = await desk.chat(number, zone="Asia/Almaty")
        await desk.subscribe(cast[number])
    await desk.subscribe(cast[1], "18:00")
    now = office.now
    async with office.database.write() as conn:
        await chats.set_state(conn, cast[2].id, "blocked", now)
        await subscriptions.pause(conn, cast[3].id, until=None, now=now)
        await chats.set_fields(
            conn, cast[4].id, quiet_from=22 * 60, quiet_to=13 * 60, language="hy"
        )
        for thread in (7, 8):
            await subscriptions.put(
                conn,
                chat_id=cast[5].id,
                thread_id=thread,
                edition="daily",
                minute=480,
                days=31,
                zone="Asia/Almaty",
                now=now,
            )


async def test_everybody_is_counted_once_and_by_what_becomes_of_them(
    desk: Desk, office: Office
) -> None:
    await everyone(desk, office)
    found = (await plan(office, "daily")).audience
    # Ada, and the Club with its two topics and without one.
    assert (found.now, found.held, found.paused, found.blocked) == (4, 1, 1, 1)
    # Of Armenian there is no catalogue: its readers share the words of the others.
    assert {variant.language for variant in found.variants} == {"en"}
    assert found.near == 5
    assert await desk.states() == {}


async def test_what_was_planned_is_what_is_sent(desk: Desk, office: Office) -> None:
    await everyone(desk, office)
    await desk.sleep_until(NOON)
    sent = await send(office, "daily")
    assert sent.owed == 5
    assert await desk.bulletins() == {"ready": 1}
    assert desk.woken
    went = Counter(one.tg_id for one in await desk.claim())
    # Group pace: the Club's topics follow one by one.
    assert went == {1: 1, 5: 1}
    for _ in range(3):
        await desk.clock.advance(4)
        went += Counter(one.tg_id for one in await desk.claim())
    assert went == {1: 1, 5: 3}
    await desk.sleep_until("24 13:01")
    assert [one.tg_id for one in await desk.claim()] == [4]


async def test_a_manual_send_takes_nothing_from_the_hour(desk: Desk, office: Office) -> None:
    await desk.subscribe(await desk.chat(1))
    await send(office, "daily")
    assert len(await desk.texts()) == 1
    await desk.until("24 08:00")
    assert len(await desk.texts()) == 1


async def test_one_chat_gets_it_in_its_own_topics(desk: Desk, office: Office) -> None:
    await desk.subscribe(await desk.chat(1), topics=("harbour",))
    await desk.subscribe(await desk.chat(2))
    sent = await send(office, "daily", 1)
    assert sent.owed == 1
    [text] = await desk.texts()
    assert "on harbour" in text


async def test_a_chat_that_does_not_follow_may_still_be_sent_to(desk: Desk, office: Office) -> None:
    await desk.chat(1)
    assert (await send(office, "daily", 1)).owed == 1
    assert len(await desk.texts()) == 1


async def test_what_there_is_not_is_refused_in_words(desk: Desk, office: Office) -> None:
    with pytest.raises(Refusal, match=r"no edition dayly\. Try: daily"):
        await plan(office, "dayly")
    with pytest.raises(Refusal, match="77 has never written"):
        await send(office, "daily", 77)
    with pytest.raises(Refusal, match="Nobody follows daily"):
        await send(office, "daily")
    with pytest.raises(Refusal, match="no subscribers"):
        await announce(office, "Hello", "1")
    with pytest.raises(Refusal, match="no occasion 99"):
        await stop(office, "99")


async def test_a_send_that_was_cut_off_is_finished_after_the_start(
    desk: Desk, office: Office
) -> None:
    await desk.crowd(30)
    occasion = await open_announcement(office, "Hello", "1")
    # Ten of them were written down, and then the process died.
    async with office.database.write() as conn:
        page = await audience.page(conn, now=office.now, limit=10)
        await audience.note(conn, occasion.id, page.after)
    assert await resume(office) == 20
    async with office.database.read() as conn:
        assert await audience.unfinished(conn) == {}
    assert await resume(office) == 0


async def test_nothing_is_owed_twice_however_often_it_is_written_down(
    desk: Desk, office: Office
) -> None:
    await desk.crowd(10)
    sent = await send(office, "daily")
    assert sent.owed == 10
    assert await owe_all(office, sent.occasion) == 0
    assert len(await desk.claim()) == 10


# --- announcements -------------------------------------------------------------------------


async def test_an_announcement_goes_once_to_each_chat(desk: Desk, office: Office) -> None:
    await everyone(desk, office)
    await desk.sleep_until(NOON)
    occasion = await announce(office, "# Tonight\n\nThe bot rests <now>.\n- an hour", "1")
    taken = await desk.claim()
    assert sorted(one.tg_id for one in taken) == [1, 5]
    assert taken[0].html == "<b>Tonight</b>\nThe bot rests &lt;now&gt;.\n· an hour"
    done = await progress(office, occasion.id)
    assert done is not None
    assert (done.sent, done.held, done.left, done.is_done) == (2, 1, 1, True)
    assert tell_progress(done, WORDS) == "2 of 3 sent, 1 held until morning"


async def test_the_same_wish_is_announced_once(desk: Desk, office: Office) -> None:
    await desk.crowd(3)
    first = await announce(office, "Hello", "1")
    second = await announce(office, "Hello", "1")
    other = await announce(office, "Hello", "2")
    assert first.id == second.id != other.id
    assert len(await desk.claim()) == 3


async def test_an_announcement_is_shown_before_it_is_sent(desk: Desk, office: Office) -> None:
    assert [one.plain for one in preview("Hello\nworld\n\nBye", WORDS)] == ["Hello\nworld\n\nBye"]
    assert len(preview("word " * 1500, WORDS)) == 2
    for wrong in ("", "  \n ", "x" * 8001):
        with pytest.raises(Refusal):
            preview(wrong, WORDS)
    told = announcement_report(Audience(now=2), WORDS, 25.0)
    assert told.splitlines()[1] == "       2 chats now       at 25/s: 1 s"


# --- stopped in the middle -----------------------------------------------------------------


async def test_the_rest_of_a_stopped_occasion_is_never_sent(desk: Desk, office: Office) -> None:
    await desk.crowd(600)
    sent = await send(office, "daily")
    now = office.now
    async with office.database.write() as conn:
        first = await deliveries.claim(
            conn, now=now, token="t", limit=100, lease=10**7, interval=1, horizon=10**6
        )
    assert [one.occasion_id for one in await under_way(office)] == [sent.occasion.id]
    done = await stop(office, str(sent.occasion.id))
    assert (done.state, done.cancelled, done.left) == ("stopped", 600, 0)
    async with office.database.write() as conn:
        # What was claimed and not yet marked does not pass the fence either.
        assert await deliveries.mark(conn, [one.id for one in first], "t", now, 1) == set()
    assert await desk.claim() == []
    assert await under_way(office) == []
    assert (await stop(office, sent.occasion.key)).cancelled == 600


async def test_a_send_that_is_stopped_while_it_is_written_down_ends_there(
    desk: Desk, office: Office
) -> None:
    await desk.crowd(1200)
    occasion = await open_announcement(office, "Hello", "1")

    async def at_once(owed: int) -> None:
        if owed == 500:
            await stop(office, str(occasion.id))

    assert await owe_all(office, occasion, tell=at_once) == 500
    assert await desk.states() == {"cancelled": 500}


# --- of which nobody knows -----------------------------------------------------------------


async def unknown(desk: Desk, office: Office, count: int) -> None:
    await desk.crowd(count)
    await send(office, "daily")
    assert len(await desk.claim(arrives=False)) == count


async def test_the_unknown_are_listed_and_closed(desk: Desk, office: Office) -> None:
    await unknown(desk, office, 3)
    assert [one.tg_id for one in await doubts(office)] == [1, 2, 3]
    assert len(await doubts(office, limit=2)) == 2
    assert await settle_doubts(office, "close") == 3
    assert await doubts(office) == []
    assert await desk.claim() == []


async def test_the_unknown_are_sent_once_more_and_say_so(desk: Desk, office: Office) -> None:
    await unknown(desk, office, 3)
    await desk.clock.advance(5)
    assert await settle_doubts(office, "resend") == 3
    texts = await desk.texts()
    assert len(texts) == 3
    assert all(text.startswith(words_for("en")("operate.again")) for text in texts)
    assert micros(desk.clock.now()) == office.now


async def test_an_edition_may_ask_for_one_more_try_of_what_may_not_have_arrived(
    desk: Desk, office: Office
) -> None:
    desk.save(
        "briefings/editions.yaml", EDITIONS.replace("daily:\n", "daily:\n    ambiguous: resend\n")
    )
    await desk.publisher.accept()
    await desk.subscribe(await desk.chat(1))
    await desk.subscribe(await desk.chat(2), edition="evening", days=127)
    await desk.until("24 08:00")
    assert len(await desk.claim(arrives=False)) == 2
    # Half a minute long a late answer may still tell.
    assert await repeat_doubts(office) == 0
    await desk.clock.advance(31)
    assert await repeat_doubts(office) == 1
    [again] = await desk.claim(arrives=False)
    assert again.preface == words_for("en")("operate.again")
    await desk.clock.advance(31)
    assert await repeat_doubts(office) == 0
    assert await desk.states() == {"unknown": 2}


async def test_a_second_try_that_would_come_too_late_is_not_made(
    desk: Desk, office: Office
) -> None:
    desk.save(
        "briefings/editions.yaml", EDITIONS.replace("daily:\n", "daily:\n    ambiguous: resend\n")
    )
    await desk.publisher.accept()
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    await desk.claim(arrives=False)
    await desk.sleep_until("24 11:01")
    assert await repeat_doubts(office) == 0
