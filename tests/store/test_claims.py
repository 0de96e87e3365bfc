"""The claim: slots for the whole bot, spacing for each chat, and what does not go out."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from sqlalchemy import text

from bot.store import bulletins, chats, claims, deliveries, occasions
from bot.store.database import Database
from bot.store.deliveries import Outcome
from tests.store.conftest import opened
from tests.store.scene import (
    EIGHT_THIRTY,
    EN,
    HOUR,
    MINUTE,
    SECOND,
    mark,
    news,
    owed,
    reader,
    ready,
    settle,
    states,
    take,
)

INTERVAL = 40_000


async def crowd(database: Database, number: int) -> list[int]:
    """`number` private readers who are owed the same; ids of their deliveries."""
    async with database.write() as conn:
        return [(await owed(conn, tg_id)).id for tg_id in range(1, number + 1)]


async def test_a_claim_brings_all_that_is_needed_to_send(database: Database) -> None:
    async with database.write() as conn:
        it = await owed(conn, 77, parts=2)
        await conn.execute(text("UPDATE deliveries SET preface = 'Late.'"))
    (one,) = await take(database, token="first")
    assert (one.id, one.tg_id, one.chat_id, one.kind) == (it.id, 77, it.chat.id, "private")
    assert (one.token, one.thread_id, one.part, one.parts) == ("first", 0, 0, 2)
    assert (one.html, one.plain) == ("<b>Part 0</b>", "Part 0")
    assert (one.keyboard, one.carries) == ({"inline_keyboard": []}, ("corridor.volume@0:a",))
    assert (one.preface, one.language, one.revision, one.attempts) == ("Late.", "en", 1, 0)
    assert (one.slot_at, one.delay) == (EIGHT_THIRTY, 0)
    assert one.expires_at == EIGHT_THIRTY + HOUR


async def test_nothing_is_claimed_before_its_time(database: Database) -> None:
    async with database.write() as conn:
        await owed(conn, not_before=EIGHT_THIRTY + 1)
        assert await deliveries.next_at(conn) == EIGHT_THIRTY + 1
    assert await take(database, EIGHT_THIRTY) == []
    assert len(await take(database, EIGHT_THIRTY + 1)) == 1


async def test_what_is_claimed_is_not_claimed_again(database: Database) -> None:
    await crowd(database, 3)
    first = await take(database, token="a", limit=2)
    second = await take(database, EIGHT_THIRTY + SECOND, token="b")
    assert len({one.id for one in first} | {one.id for one in second}) == 3
    assert await take(database, EIGHT_THIRTY + 2 * SECOND, token="c") == []


async def test_slots_of_the_whole_bot_lie_an_interval_apart(database: Database) -> None:
    await crowd(database, 12)
    taken = await take(database, limit=5)
    taken += await take(database, EIGHT_THIRTY + 10_000, limit=5)
    slots = [one.slot_at for one in taken]
    assert slots == [EIGHT_THIRTY + n * INTERVAL for n in range(10)]
    assert [one.delay for one in taken[5:]] == [n * INTERVAL - 10_000 for n in range(5, 10)]


async def test_no_slot_lies_beyond_the_horizon(database: Database) -> None:
    await crowd(database, 6)
    assert len(await take(database, horizon=100_000)) == 3
    assert await take(database, horizon=100_000) == []
    assert len(await take(database, EIGHT_THIRTY + 40_000, horizon=100_000)) == 1


async def test_no_slot_comes_before_the_notice_that_is_asked_for(database: Database) -> None:
    await crowd(database, 6)
    first = await take(database, limit=2, notice=SECOND, horizon=SECOND + 100_000)
    assert [one.slot_at for one in first] == [
        EIGHT_THIRTY + SECOND,
        EIGHT_THIRTY + SECOND + INTERVAL,
    ]
    # Those of another lie apart from them all the same.
    assert await take(database) == []
    others = await take(database, EIGHT_THIRTY + SECOND, notice=1, limit=1)
    assert [one.slot_at for one in others] == [EIGHT_THIRTY + SECOND + 2 * INTERVAL]


async def test_a_slow_rate_still_sends(database: Database) -> None:
    await crowd(database, 2)
    assert len(await take(database, interval=5 * SECOND, horizon=100_000)) == 1
    later = EIGHT_THIRTY + 5 * SECOND
    assert len(await take(database, later, interval=5 * SECOND, horizon=100_000)) == 1


async def test_unused_time_is_not_saved_up(database: Database) -> None:
    await crowd(database, 8)
    await take(database, limit=1)
    taken = await take(database, EIGHT_THIRTY + MINUTE, limit=3)
    assert [one.delay for one in taken] == [0, INTERVAL, 2 * INTERVAL]


async def test_those_who_ask_are_debited_first(database: Database) -> None:
    await crowd(database, 2)
    (one, _) = await take(database, spent=5)
    assert one.delay == 5 * INTERVAL
    async with database.write() as conn:
        await conn.execute(text("UPDATE deliveries SET state = 'sent'"))
    await take(database, EIGHT_THIRTY + MINUTE, spent=10)
    await crowd_again(database)
    (late,) = await take(database, EIGHT_THIRTY + MINUTE)
    assert late.delay == 10 * INTERVAL


async def crowd_again(database: Database) -> None:
    async with database.write() as conn:
        await owed(conn, 50, key="change 2")


async def test_a_ban_stops_all_until_it_is_over(database: Database) -> None:
    await crowd(database, 2)
    async with database.write() as conn:
        await claims.block_until(conn, "", EIGHT_THIRTY + 5 * SECOND)
        await claims.block_until(conn, "", EIGHT_THIRTY + SECOND)
    assert await take(database, EIGHT_THIRTY + 2 * SECOND) == []
    taken = await take(database, EIGHT_THIRTY + 5 * SECOND)
    assert [one.delay for one in taken] == [0, INTERVAL]


@pytest.mark.parametrize(
    ("kind", "spacing"), [("private", 1_100_000), ("supergroup", 3_100_000), ("channel", 3_100_000)]
)
async def test_a_chat_gets_one_at_a_time(
    database: Database, kind: chats.Kind, spacing: int
) -> None:
    async with database.write() as conn:
        for key in ("change 1", "change 2", "change 3"):
            await owed(conn, 5, key=key, kind=kind)
    moments: list[int] = []
    for tenth in range(80):
        taken = await take(database, EIGHT_THIRTY + tenth * 100_000, token=str(tenth))
        moments += [one.slot_at for one in taken]
    assert len(moments) == 3
    gaps = [after - before for before, after in pairwise(moments)]
    assert all(spacing <= gap <= spacing + 100_000 for gap in gaps)


async def test_a_chat_that_must_wait_does_not_hold_up_the_others(database: Database) -> None:
    async with database.write() as conn:
        first = await owed(conn, 1)
        await owed(conn, 2)
        await chats.wait_until(conn, first.chat.id, EIGHT_THIRTY + 35 * SECOND)
        await chats.wait_until(conn, first.chat.id, EIGHT_THIRTY + SECOND)
    assert [one.tg_id for one in await take(database)] == [2]
    assert await take(database, EIGHT_THIRTY + 34 * SECOND) == []
    assert [one.tg_id for one in await take(database, EIGHT_THIRTY + 35 * SECOND)] == [1]


async def test_a_long_line_of_waiting_rows_is_passed_by(database: Database) -> None:
    async with database.write() as conn:
        occasion = await news(conn, "held")
        held = await ready(conn, occasion)
        await bulletins.hold(conn, held)
        for number in range(700):
            chat = await reader(conn, number + 1)
            await deliveries.owe(
                conn,
                occasion_id=occasion.id,
                chat_id=chat.id,
                bulletin_id=held,
                not_before=EIGHT_THIRTY - MINUTE,
                expires_at=occasion.expires_at,
                now=EIGHT_THIRTY,
            )
        await owed(conn, 5)
    assert [one.tg_id for one in await take(database)] == [5]


async def test_what_is_late_expires_and_is_not_sent(database: Database) -> None:
    await crowd(database, 1)
    assert len(await take(database, EIGHT_THIRTY + HOUR, limit=0)) == 0
    assert await take(database, EIGHT_THIRTY + HOUR + 1) == []
    assert await states(database) == {"expired": 1}


async def test_a_bulletin_that_is_not_built_is_waited_for(database: Database) -> None:
    async with database.write() as conn:
        occasion = await news(conn)
        chat = await reader(conn)
        bulletin = await bulletins.ensure(conn, occasion.id, EN)
        await deliveries.owe(
            conn,
            occasion_id=occasion.id,
            chat_id=chat.id,
            bulletin_id=bulletin.id,
            not_before=EIGHT_THIRTY,
            expires_at=occasion.expires_at,
            now=EIGHT_THIRTY,
        )
    assert await take(database) == []
    async with database.write() as conn:
        await ready(conn, occasion)
    assert len(await take(database, EIGHT_THIRTY + 600_000)) == 1


async def test_a_held_bulletin_goes_out_once_it_is_released(database: Database) -> None:
    async with database.write() as conn:
        it = await owed(conn)
        (bulletin,) = await bulletins.of(conn, it.occasion.id)
        assert await bulletins.hold(conn, bulletin.id, "twenty refusals")
    assert await take(database) == []
    async with database.write() as conn:
        assert await bulletins.release(conn, bulletin.id)
    assert len(await take(database, EIGHT_THIRTY + 30 * SECOND)) == 1


async def test_a_stopped_occasion_is_cancelled_as_its_turn_comes(database: Database) -> None:
    async with database.write() as conn:
        it = await owed(conn)
        assert await occasions.stop(conn, it.occasion.id)
        assert not await occasions.stop(conn, it.occasion.id)
    assert await take(database) == []
    assert await states(database) == {"cancelled": 1}


async def test_a_stopped_occasion_can_be_swept_at_once(database: Database) -> None:
    ids = await crowd(database, 5)
    taken = await take(database, limit=2)
    async with database.write() as conn:
        occasion = await occasions.named(conn, "change 1")
        assert occasion is not None
        await occasions.stop(conn, occasion.id)
        assert await deliveries.sweep(conn, occasion.id, now=EIGHT_THIRTY, limit=3) == 3
        assert await deliveries.sweep(conn, occasion.id, now=EIGHT_THIRTY) == len(ids) - 3
        assert await occasions.progress(conn, occasion.id) == {"cancelled": 5}
    assert await mark(database, taken) == set()


async def test_a_cancelled_bulletin_is_not_sent(database: Database) -> None:
    async with database.write() as conn:
        it = await owed(conn)
        (bulletin,) = await bulletins.of(conn, it.occasion.id)
        await bulletins.cancel(conn, bulletin.id)
    assert await take(database) == []
    assert await states(database) == {"cancelled": 1}


async def test_nothing_changed_is_told_only_to_those_who_want_the_line(
    database: Database,
) -> None:
    async with database.write() as conn:
        silent, talkative = await reader(conn, 1), await reader(conn, 2)
        await chats.set_fields(conn, silent.id, empty="silence")
        occasion = await news(conn)
        bulletin = await bulletins.ensure(conn, occasion.id, EN)
        for chat in (silent, talkative):
            await deliveries.owe(
                conn,
                occasion_id=occasion.id,
                chat_id=chat.id,
                bulletin_id=bulletin.id,
                not_before=EIGHT_THIRTY,
                expires_at=occasion.expires_at,
                now=EIGHT_THIRTY,
            )
        line = bulletins.Part("Nothing new.", "Nothing new.")
        await bulletins.finish(conn, bulletin.id, [line], revision=1, empty=True)
    assert [one.tg_id for one in await take(database)] == [2]
    assert await states(database) == {"cancelled": 1, "claimed": 1}


async def test_a_chat_lost_after_it_was_owed_is_not_written_to(database: Database) -> None:
    async with database.write() as conn:
        it = await owed(conn)
        await conn.execute(text("UPDATE chats SET state = 'blocked'"))
    assert it.chat.state == "active"
    assert await take(database) == []
    assert await states(database) == {"gone": 1}


async def test_the_oldest_goes_first(database: Database) -> None:
    async with database.write() as conn:
        await owed(conn, 1, not_before=EIGHT_THIRTY)
        await owed(conn, 2, not_before=EIGHT_THIRTY - SECOND)
        await owed(conn, 3, not_before=EIGHT_THIRTY)
    assert [one.tg_id for one in await take(database)] == [2, 1, 3]


async def test_each_part_follows_the_one_before(database: Database) -> None:
    async with database.write() as conn:
        await owed(conn, parts=3)
    seen = []
    for number in range(3):
        now = EIGHT_THIRTY + number * 2 * SECOND
        (one,) = await take(database, now, token=f"t{number}")
        seen.append((one.part, one.html, one.preface))
        await mark(database, [one], now)
        rest = one.part + 1 if one.part + 1 < one.parts else None
        await settle(
            database,
            Outcome(one.id, one.token, one.part, "sent", 100 + number, next_part=rest),
            now=now,
        )
    assert [part for part, _, _ in seen] == [0, 1, 2]
    assert seen[2][1] == "<b>Part 2</b>"
    assert await states(database) == {"sent": 1}


async def test_the_next_part_waits_for_the_chat(database: Database) -> None:
    async with database.write() as conn:
        await owed(conn, parts=2)
    (one,) = await take(database)
    await mark(database, [one])
    await settle(database, Outcome(one.id, one.token, 0, "sent", 100, next_part=1))
    assert await take(database, EIGHT_THIRTY + SECOND, token="u") == []
    assert len(await take(database, EIGHT_THIRTY + 1_100_000, token="u")) == 1


async def test_what_was_begun_in_time_is_finished_though_it_is_late(database: Database) -> None:
    async with database.write() as conn:
        it = await owed(conn, parts=2)
        await owed(conn, 2)
    late = it.occasion.expires_at
    taken = await take(database, late, limit=2)
    await mark(database, taken, late)
    first, other = taken
    await settle(
        database,
        Outcome(first.id, first.token, 0, "sent", 100, next_part=1),
        Outcome(other.id, other.token, 0, "pending"),
        now=late,
    )
    (rest,) = await take(database, late + MINUTE, token="u")
    assert (rest.id, rest.part) == (first.id, 1)
    assert await states(database) == {"claimed": 1, "expired": 1}
    await settle(database, Outcome(rest.id, rest.token, 1, "pending"), now=late + MINUTE)
    assert await take(database, late + 2 * HOUR, token="v") == []
    assert await states(database) == {"expired": 2}


async def test_what_is_just_being_claimed_is_not_built_anew(postgres_url: str) -> None:
    async with opened(postgres_url) as one, opened(postgres_url) as two:
        async with one.write() as conn:
            it = await owed(conn)
            (bulletin,) = await bulletins.of(conn, it.occasion.id)
            await claims.block_until(conn, "", 1)

        async def rebuild() -> bool:
            async with two.write() as conn:
                return await bulletins.rebuild(conn, bulletin.id)

        async with one.write() as conn:
            taken = await claims.claim(
                conn,
                now=EIGHT_THIRTY,
                token="t",
                limit=1,
                lease=MINUTE,
                interval=40_000,
                horizon=SECOND,
            )
            rebuilding = asyncio.create_task(rebuild())
            await asyncio.wait([rebuilding], timeout=0.3)
            assert not rebuilding.done()
        assert (len(taken), await rebuilding) == (1, False)


async def test_processes_that_claim_together_share_without_overlap(postgres_url: str) -> None:
    seen: list[tuple[int, int]] = []

    async def work(database: Database, name: str) -> None:
        for turn in range(6):
            taken = await take(database, token=f"{name}{turn}", limit=5, horizon=10 * SECOND)
            seen.extend((claimed.id, claimed.slot_at) for claimed in taken)

    async with opened(postgres_url) as one, opened(postgres_url) as two:
        await crowd(one, 60)
        await asyncio.gather(work(one, "a"), work(two, "b"))
    assert len(seen) == len({key for key, _ in seen}) == 60
    slots = sorted(slot for _, slot in seen)
    assert slots == [EIGHT_THIRTY + n * INTERVAL for n in range(60)]


async def test_a_claim_passes_by_a_chat_that_another_process_is_changing(
    postgres_url: str,
) -> None:
    async with opened(postgres_url) as database:
        async with database.write() as conn:
            busy, _ = await owed(conn, 1), await owed(conn, 2)
        async with database.write() as conn:
            await chats.set_fields(conn, busy.chat.id, language="kk")
            assert [one.tg_id for one in await take(database)] == [2]
        assert [one.tg_id for one in await take(database, EIGHT_THIRTY + SECOND)] == [1]


async def test_what_may_have_been_sent_before_a_backup_was_put_back_is_held(
    database: Database,
) -> None:
    async with database.write() as conn:
        await owed(conn, 1)
        await owed(conn, 2, not_before=EIGHT_THIRTY + SECOND)
        taken = await claims.claim(
            conn,
            now=EIGHT_THIRTY + SECOND,
            token="t",
            limit=9,
            lease=MINUTE,
            interval=40_000,
            horizon=SECOND,
            doubtful=EIGHT_THIRTY,
        )
    assert [one.tg_id for one in taken] == [2]
    assert await states(database) == {"claimed": 1, "unknown": 1}
