"""What is owed arrives, once, whatever Telegram and the network do about it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest
from sqlalchemy import text

from bot.sandbox import faults
from bot.store import bulletins, chats, deliveries, receipts
from bot.store.bulletins import Part
from tests.delivery.town import Town

# --- when all is well ----------------------------------------------------------------------


async def test_what_is_owed_arrives_with_its_preface_and_a_receipt(town: Town) -> None:
    ada, chat = await town.reader("Ada")
    keyboard = {"inline_keyboard": [[{"text": "Sources", "callback_data": "s:corridor"}]]}
    part = Part("<b>4.5</b> million", "4.5 million", keyboard, ("corridor.volume@2024:talks",))
    bulletin = await town.bulletin(part)
    await town.owe(bulletin, chat, preface="Late: we were <away>.")
    town.start()
    await town.passes(2.0)
    message = town.world.sees(ada)[-1]
    assert message.payload["text"] == "Late: we were <away>.\n\n4.5 million"
    assert message.payload["reply_markup"] == keyboard
    assert await town.states() == {"sent": 1}
    async with town.database.read() as conn:
        (held,) = await receipts.for_observations(conn, ["corridor.volume@2024:talks"])
    assert (held.tg_id, held.message_id, held.revision) == (ada.id, message.id, 1)


async def test_the_parts_of_a_bulletin_come_in_order_and_spaced(town: Town) -> None:
    ada, chat = await town.reader("Ada")
    await town.owe(await town.bulletin("one", "two", "three"), chat, preface="Late.")
    town.start()
    await town.passes(10.0)
    assert [text for _, _, text in town.sent] == ["Late.\n\none", "two", "three"]
    assert all(after - before >= 1.099 for (before, *_), (after, *_) in pairwise(town.sent))
    assert await town.states() == {"sent": 1}
    assert len(await town.rows("id", "receipts")) == 3
    assert town.world.sees(ada)


async def test_the_first_message_leaves_within_a_second(town: Town) -> None:
    _, chat = await town.reader("Ada")
    town.start()
    await town.passes(30.25)
    await town.owe(await town.bulletin("x"), chat)
    await town.passes(1.0)
    assert len(town.sent) == 1


async def test_a_broadcast_keeps_the_pace_and_meets_no_429(town: Town) -> None:
    """T1: a strict window of 30 in any second."""
    chats_ = await town.readers(120)
    await town.owe(await town.bulletin("x"), *chats_)
    town.start()
    await town.passes(20.0, until=lambda: len(town.sent) == 120)
    await town.passes(1.0)
    assert await town.states() == {"sent": 120}
    assert Counter(chat for _, chat, _ in town.sent).most_common(1)[0][1] == 1
    times = [at for at, _, _ in town.sent]
    assert town.world.rates.refused == Counter()
    assert max(sum(at - 1 < other <= at for other in times) for at in times) <= 27
    assert times[-1] - times[0] < 120 / 25 * 1.1


async def test_a_database_that_halts_now_and_then_makes_no_second_too_full(town: Town) -> None:
    """Whoever is late gives the turn back, the mark undone; what comes after is not crowded."""
    draws = random.Random(1)

    async def halt() -> None:
        await town.clock.sleep(draws.choice([0.002] * 40 + [0.6]))

    everybody = await town.readers(150)
    await town.owe(await town.bulletin("x"), *everybody)
    town.database.slowly = halt
    town.start()
    await town.passes(120.0, until=lambda: len(town.sent) == 150)
    town.database.slowly = None
    await town.passes(2.0)
    times = [at for at, _ in town.called()]
    assert len(times) == len({chat for _, chat in town.called()}) == 150
    assert max(sum(at - 1 < other <= at for other in times) for at in times) <= 28
    assert town.world.rates.refused == Counter()
    assert town.worker.counts["released"] > 0
    assert set(await town.rows("state, attempts")) == {("sent", 1)}


async def test_a_database_that_is_always_slow_is_asked_earlier_and_costs_little_pace(
    town: Town,
) -> None:
    async def take_long() -> None:
        await town.clock.sleep(0.4)

    everybody = await town.readers(150)
    await town.owe(await town.bulletin("x"), *everybody)
    town.database.slowly = take_long
    town.start()
    await town.passes(60.0, until=lambda: len(town.sent) == 50)
    begun = town.clock.monotonic()
    await town.passes(60.0, until=lambda: len(town.sent) == 140)
    assert 90 / (town.clock.monotonic() - begun) > 18.0
    assert town.world.rates.refused == Counter()


async def test_five_bulletins_at_nine_reach_a_group_three_seconds_apart(
    town: Town, figure: Callable[[str], None]
) -> None:
    """T2."""
    ada = town.world.person("Ada")
    club = town.world.supergroup("Club", ada)
    chat = await town.settle_in(club)
    for number in range(5):
        await town.owe(await town.bulletin(f"no. {number}"), chat)
    town.start()
    await town.passes(30.0)
    times = [at for at, _, _ in town.sent]
    least = min(after - before for before, after in pairwise(times))
    figure(f"{len(times)} in a group, {least:.2f} s apart at least")
    assert len(times) == 5
    assert least >= 3.099


async def test_slow_answers_do_not_slow_the_pace_and_what_is_open_is_bounded(town: Town) -> None:
    """N7."""
    town.line.latency = 5.0
    await town.owe(await town.bulletin("x"), *await town.readers(100))
    town.start()
    await town.passes(20.0, until=lambda: len(town.sent) == 100)
    await town.passes(6.0)
    assert await town.states() == {"sent": 100}
    assert town.line.most <= 25 * 5 + 5
    times = [at for at, _ in town.called()]
    assert times[-1] - times[0] < 5.0


# --- the network ---------------------------------------------------------------------------


async def test_a_minute_without_connection_loses_nothing(town: Town) -> None:
    """N1, N2: nothing lost, the breaker opens, attempts are not counted."""
    script = town.world.faults.add(faults.refuse(), times=None)
    await town.owe(await town.bulletin("x"), *await town.readers(10))
    town.start()
    await town.passes(60.0)
    assert await town.states() == {"pending": 10}
    assert {row[0] for row in await town.rows("attempts")} == {0}
    assert town.worker.state == "waiting"
    assert len(town.called()) < 5
    assert len(town.called("getMe")) < 15
    script.stop()
    await town.passes(100.0)
    assert await town.states() == {"sent": 10}
    assert len(town.sent) == 10
    assert town.worker.state == "running"


async def test_a_lost_answer_is_held_and_not_sent_again(town: Town) -> None:
    """N3."""
    town.world.faults.add(faults.lose_answer(), method="sendMessage")
    await town.owe(await town.bulletin("x"), *await town.readers(5))
    town.start()
    await town.passes(60.0)
    assert await town.states() == {"unknown": 1, "sent": 4}
    assert len(town.sent) == 5
    assert len({chat for _, chat, _ in town.sent}) == 5


@pytest.mark.parametrize(
    "fault",
    [faults.reset(), faults.hang(), faults.broken_json(), faults.slow(30.0), faults.status(504)],
    ids=lambda fault: fault.kind,
)
async def test_whatever_may_have_arrived_is_held(town: Town, fault: faults.Fault) -> None:
    """N4, N5, T11."""
    town.world.faults.add(fault, method="sendMessage")
    await town.owe(await town.bulletin("x"), *await town.readers(3))
    town.start()
    await town.passes(90.0)
    assert await town.states() == {"unknown": 1, "sent": 2}
    assert max(Counter(chat for _, chat, _ in town.sent).values()) == 1


async def test_only_what_was_on_the_wire_is_held_when_answers_stop(town: Town) -> None:
    town.line.latency = 0.2
    script = town.world.faults.add(faults.lose_answer(), times=None)
    await town.owe(await town.bulletin("x"), *await town.readers(60))
    town.start()
    await town.passes(60.0)
    script.stop()
    unknown = (await town.states())["unknown"]
    assert unknown <= 25 * 0.2 + 2
    await town.passes(120.0)
    assert await town.states() == {"unknown": unknown, "sent": 60 - unknown}
    assert max(Counter(chat for _, chat, _ in town.sent).values()) == 1


async def test_a_storm_of_502_for_five_minutes_holds_few_and_expires_none(
    town: Town, figure: Callable[[str], None]
) -> None:
    """T5."""
    script = town.world.faults.add(faults.status(502), times=None)
    await town.owe(await town.bulletin("x"), *await town.readers(30))
    town.start()
    await town.passes(300.0)
    script.stop()
    over = town.clock.monotonic()
    await town.passes(150.0)
    states = await town.states()
    late = sorted(at - over for at, _, _ in town.sent)
    figure(
        f"{states['unknown']} of 30 held, 0 expired; the others {late[0]:.0f} to {late[-1]:.0f} s "
        "after its end"
    )
    assert states["unknown"] <= 4
    assert states == {"unknown": states["unknown"], "sent": 30 - states["unknown"]}


async def test_a_late_answer_settles_what_the_reaper_gave_up(town: Town) -> None:
    town.world.faults.add(faults.slow(15.0), method="sendMessage")
    await town.owe(await town.bulletin("x"), *await town.readers(1))
    town.start()
    await town.passes(5.0)
    async with town.database.write() as conn:
        reaped = await deliveries.reap(conn, town.now, everything=True)
    assert reaped.unknown == 1
    await town.passes(20.0)
    assert await town.states() == {"sent": 1}


# --- 429 -----------------------------------------------------------------------------------


async def test_a_wait_of_one_group_delays_nobody_else(
    town: Town, figure: Callable[[str], None]
) -> None:
    """T3."""
    ada = town.world.person("Ada")
    club = town.world.supergroup("Club", ada)
    others = await town.readers(20)
    town.world.faults.add(faults.too_many(35), chat=club.id)
    await town.owe(await town.bulletin("x"), await town.settle_in(club), *others)
    town.start()
    await town.passes(3.0)
    assert len(town.sent) == 20
    assert await town.states() == {"sent": 20, "pending": 1}
    assert {row[0] for row in await town.rows("attempts") if row[0]} <= {1}
    await town.passes(31.0)
    assert len(town.sent) == 20
    await town.passes(6.0)
    first, again = (at for at, chat in town.called() if chat == club.id)
    figure(f"the group after {again - first:.1f} s, 20 others within {town.sent[19][0]:.1f} s")
    assert await town.states() == {"sent": 21}


async def test_a_wait_of_all_is_kept_by_all(town: Town, figure: Callable[[str], None]) -> None:
    """T4: no request in the ban but those already on the wire."""
    town.world.faults.add(faults.too_many(10), method="sendMessage", skip=20)
    await town.owe(await town.bulletin("x"), *await town.readers(60))
    town.start()
    await town.passes(30.0)
    assert await town.states() == {"sent": 60}
    refused_at = town.called()[20][0] + town.line.latency
    during = [at for at, _ in town.called() if refused_at + 0.001 < at < refused_at + 10]
    figure(f"{len(during)} requests in 10 s of ban")
    assert during == []


# --- who is dropped ------------------------------------------------------------------------


async def test_a_blocked_reader_is_not_written_to_again(
    town: Town, figure: Callable[[str], None]
) -> None:
    """T6."""
    ben, chat = await town.reader("Ben")
    town.world.block(ben)
    await town.owe(await town.bulletin("one"), chat)
    await town.owe(await town.bulletin("two"), chat)
    town.start()
    await town.passes(10.0)
    await town.owe(await town.bulletin("three"), chat)
    await town.passes(10.0)
    figure(f"{len(town.called()) - 1} calls after the refusal, 3 owed")
    assert len(town.called()) == 1
    assert await town.states() == {"gone": 3}
    assert (await town.chat(ben.id)).state == "blocked"


async def test_a_refusal_told_late_does_not_shut_out_who_is_back_meanwhile(town: Town) -> None:
    ben, chat = await town.reader("Ben")
    town.world.block(ben)
    await town.owe(await town.bulletin("one"), chat)
    town.start()
    await town.passes(10.0, until=lambda: town.line.open > 0)
    town.database.away = True
    await town.passes(5.1)
    town.world.unblock(ben)
    town.database.away = False
    async with town.database.write() as conn:
        await chats.set_state(conn, chat.id, "active", town.now)
    await town.passes(10.0)
    assert await town.states() == {"gone": 1}
    assert (await town.chat(ben.id)).state == "active"


async def test_a_deactivated_reader_is_gone(town: Town) -> None:
    zoe, chat = await town.reader("Zoe")
    town.world.faults.add(faults.refusal(403, "Forbidden: user is deactivated"), chat=zoe.id)
    await town.owe(await town.bulletin("one"), chat)
    town.start()
    await town.passes(5.0)
    assert (await town.chat(zoe.id)).state == "gone"


async def test_an_unknown_refusal_costs_one_delivery_and_never_a_subscriber(town: Town) -> None:
    ada, chat = await town.reader("Ada")
    town.world.faults.add(faults.refusal(403, "Forbidden: the moon is full"), chat=ada.id)
    town.world.faults.add(faults.refusal(400, "Bad Request: NEW_THING_INVALID"), chat=ada.id)
    for word in ("one", "two", "three"):
        await town.owe(await town.bulletin(word), chat)
    town.start()
    await town.passes(10.0)
    assert await town.states() == {"dead": 2, "sent": 1}
    assert [text for _, _, text in town.sent] == ["three"]
    assert (await town.chat(ada.id)).state == "active"


async def test_lost_rights_pause_a_chat_only_after_three_refusals_over_a_day(town: Town) -> None:
    ada = town.world.person("Ada")
    club = town.world.supergroup("Club", ada)
    chat = await town.settle_in(club)
    words = "Bad Request: not enough rights to send text messages to the chat"
    script = town.world.faults.add(faults.refusal(400, words), chat=club.id, times=None)
    town.start()
    for _ in range(4):
        await town.owe(await town.bulletin("x"), chat)
    await town.passes(30.0)
    assert await town.states() == {"dead": 4}
    assert (await town.chat(club.id)).state == "active"
    await town.kill()
    await town.clock.advance(24 * 3600.0)
    _, _, town.worker = town.hire()
    town.start()
    await town.owe(await town.bulletin("x"), chat)
    await town.passes(10.0)
    assert (await town.chat(club.id)).state == "blocked"
    script.stop()


async def test_a_message_that_arrives_wipes_the_strikes(town: Town) -> None:
    ada = town.world.person("Ada")
    club = town.world.supergroup("Club", ada)
    chat = await town.settle_in(club)
    words = "Bad Request: CHAT_WRITE_FORBIDDEN"
    town.world.faults.add(faults.refusal(400, words), chat=club.id, times=2)
    for _ in range(3):
        await town.owe(await town.bulletin("x"), chat)
    town.start()
    await town.passes(30.0)
    assert await town.states() == {"dead": 2, "sent": 1}
    assert (await town.chat(club.id)).strikes == 0


# --- groups that change --------------------------------------------------------------------


async def test_a_group_that_moved_gets_it_once_at_its_new_number(town: Town) -> None:
    """T7."""
    ada = town.world.person("Ada")
    club = town.world.group("Club", ada)
    chat = await town.settle_in(club)
    bigger = town.world.migrate(ada, club)
    await town.owe(await town.bulletin("x"), chat)
    town.start()
    await town.passes(10.0)
    assert [(where, text) for _, where, text in town.sent] == [(bigger.id, "x")]
    assert await town.states() == {"sent": 1}
    assert (await town.chat(bigger.id)).id == chat.id


async def test_a_group_known_by_both_numbers_gets_it_once(town: Town) -> None:
    """T7."""
    ada = town.world.person("Ada")
    club = town.world.group("Club", ada)
    old = await town.settle_in(club)
    bigger = town.world.migrate(ada, club)
    new = await town.settle_in(bigger)
    await town.owe(await town.bulletin("x"), new, old)
    town.start()
    await town.passes(10.0)
    assert [(where, text) for _, where, text in town.sent] == [(bigger.id, "x")]
    assert await town.states() == {"sent": 1}


async def test_a_topic_that_is_gone_falls_back_to_the_group(town: Town) -> None:
    """T10."""
    ada = town.world.person("Ada")
    club = town.world.supergroup("Club", ada, forum=True)
    await town.owe(await town.bulletin("x"), await town.settle_in(club), thread_id=777)
    town.start()
    await town.passes(10.0)
    assert [(where, text) for _, where, text in town.sent] == [(club.id, "x")]
    assert town.lost_topics == [777]
    assert await town.rows("state, error_class") == [("sent", "topic gone")]


# --- what cannot be read -------------------------------------------------------------------


async def test_refused_formatting_arrives_as_plain_text_once(town: Town) -> None:
    """T8."""
    _, chat = await town.reader("Ada")
    part = Part("<b>x", "plain x", {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]})
    await town.owe(await town.bulletin(part), chat, preface="Late.")
    town.start()
    await town.passes(5.0)
    assert [text for _, _, text in town.sent] == ["Late.\n\nplain x"]
    assert "reply_markup" in town.world.ledger[-1].payload
    assert await town.rows("state, error_class") == [("sent", "plain")]


async def test_what_is_refused_as_plain_text_too_is_dead(town: Town) -> None:
    """T8."""
    _, chat = await town.reader("Ada")
    await town.owe(await town.bulletin(Part("<b>x", "y" * 5000)), chat)
    town.start()
    await town.passes(5.0)
    assert await town.states() == {"dead": 1}
    assert len(town.called()) == 2
    assert (await town.chat(chat.tg_id)).state == "active"


async def test_a_bulletin_refused_twenty_times_is_kept_back(town: Town) -> None:
    """T8: at most twenty calls are wasted."""
    spoilt = await town.bulletin(Part("<b>x", "plain"))
    sound = await town.bulletin("sound")
    people = await town.readers(40)
    await town.owe(spoilt, *people)
    await town.owe(sound, *people)
    town.start()
    await town.passes(60.0)
    texts = Counter(text for _, _, text in town.sent)
    assert texts["sound"] == 40
    assert texts["plain"] <= 22
    assert await town.rows("state", "bulletins") == [("held",), ("ready",)]
    assert len(town.told) == 1
    async with town.database.write() as conn:
        await bulletins.release(conn, spoilt.id)
    await town.passes(60.0)
    assert Counter(text for _, _, text in town.sent)["plain"] <= 44


async def test_a_keyboard_that_is_refused_is_left_out(town: Town) -> None:
    _, chat = await town.reader("Ada")
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "b" * 65}]]}
    await town.owe(await town.bulletin(Part("x", "x", keyboard)), chat)
    town.start()
    await town.passes(5.0)
    assert [text for _, _, text in town.sent] == ["x"]
    assert await town.states() == {"sent": 1}


# --- the bot itself ------------------------------------------------------------------------


async def test_a_revoked_token_stops_everything_and_leaves_the_rows(town: Town) -> None:
    """T9."""
    town.world.revoke_token()
    await town.owe(await town.bulletin("x"), *await town.readers(10))
    before = await town.rows("id, state, not_before, attempts, message_id, next_part")
    town.start()
    await town.passes(300.0)
    assert await town.rows("id, state, not_before, attempts, message_id, next_part") == before
    assert town.worker.state == "halted"
    assert len(town.told) == 1
    assert len(town.line.calls) < 10
    town.world.restore_token()
    await town.passes(70.0)
    assert await town.states() == {"sent": 10}
    assert len(town.told) == 2


async def test_what_was_on_its_way_while_both_numbers_became_one_is_sent_and_held(
    town: Town,
) -> None:
    ada = town.world.person("Ada")
    club = town.world.group("Club", ada)
    old = await town.settle_in(club)
    bigger = town.world.migrate(ada, club)
    new = await town.settle_in(bigger)
    await town.owe(await town.bulletin("x"), new)
    town.start()
    await town.passes(10.0, until=lambda: town.line.open > 0)
    async with town.database.write() as conn:
        await chats.migrate(conn, club.id, bigger.id, town.now)
    await town.passes(10.0)
    assert [(where, text) for _, where, text in town.sent] == [(bigger.id, "x")]
    assert await town.rows("state, chat_id") == [("sent", old.id)]
    async with town.database.read() as conn:
        held = (await conn.execute(text("SELECT chat_id, message_id > 0 FROM receipts"))).all()
    assert [tuple(row) for row in held] == [(old.id, 1)]
