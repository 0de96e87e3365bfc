"""From claimed to an end: mark is the fence, settling is told once however often it is said."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from bot.store import chats, deliveries
from bot.store.database import Database
from bot.store.deliveries import Claimed, Outcome, Reaped
from bot.store.tables import deliveries as table
from tests.store.scene import (
    EIGHT_THIRTY,
    HOUR,
    MINUTE,
    SECOND,
    mark,
    owed,
    settle,
    states,
    take,
)

DEADLINE = 20 * SECOND


async def one_claimed(database: Database, parts: int = 1) -> Claimed:
    async with database.write() as conn:
        await owed(conn, parts=parts)
    (one,) = await take(database)
    return one


async def one_sending(database: Database, parts: int = 1) -> Claimed:
    one = await one_claimed(database, parts)
    assert await mark(database, [one]) == {one.id}
    return one


async def row(database: Database, delivery_id: int) -> dict[str, object]:
    async with database.read() as conn:
        found = await conn.execute(select(table).where(table.c.id == delivery_id))
        return dict(found.one()._mapping)


def sent(one: Claimed, message_id: int = 100) -> Outcome:
    return Outcome(one.id, one.token, one.part, "sent", message_id=message_id)


async def test_what_is_owed_once_for_an_occasion_is_not_owed_again(database: Database) -> None:
    async with database.write() as conn:
        it = await owed(conn)
        for thread_id, expected in ((0, None), (9, True)):
            again = await deliveries.owe(
                conn,
                occasion_id=it.occasion.id,
                chat_id=it.chat.id,
                thread_id=thread_id,
                bulletin_id=1,
                not_before=EIGHT_THIRTY,
                expires_at=EIGHT_THIRTY + HOUR,
                now=EIGHT_THIRTY,
            )
            assert (again is not None) is (expected is True)


async def test_a_marked_delivery_is_sending_and_counts_the_attempt(database: Database) -> None:
    one = await one_sending(database)
    found = await row(database, one.id)
    assert (found["state"], found["attempts"]) == ("sending", 1)


async def test_a_delivery_is_marked_once(database: Database) -> None:
    one = await one_sending(database)
    assert await mark(database, [one]) == set()


async def test_a_stranger_cannot_mark(database: Database) -> None:
    one = await one_claimed(database)
    assert await mark(database, [replace(one, token="other")]) == set()
    assert await states(database) == {"claimed": 1}


async def test_a_lease_too_short_for_the_send_cannot_be_marked(database: Database) -> None:
    one = await one_claimed(database)
    assert await mark(database, [one], EIGHT_THIRTY + MINUTE - DEADLINE) == set()
    assert await mark(database, [one], EIGHT_THIRTY + MINUTE - DEADLINE - 1) == {one.id}


async def test_a_process_that_wakes_after_its_lease_sends_nothing(database: Database) -> None:
    one = await one_claimed(database)
    later = EIGHT_THIRTY + MINUTE
    async with database.write() as conn:
        assert await deliveries.reap(conn, later) == Reaped(released=1, unknown=0)
    (two,) = await take(database, later, token="second")
    assert await mark(database, [one], later) == set()
    assert await mark(database, [two], later) == {two.id}


async def test_a_sent_message_is_told_with_its_number(database: Database) -> None:
    one = await one_sending(database)
    assert await settle(database, sent(one, 4711)) == {one.id}
    found = await row(database, one.id)
    assert (found["state"], found["message_id"], found["lease_until"]) == ("sent", 4711, None)


async def test_settling_twice_is_settling_once(database: Database) -> None:
    one = await one_sending(database)
    await settle(database, sent(one))
    assert await settle(database, sent(one)) == set()
    assert await settle(database, Outcome(one.id, one.token, 0, "dead")) == set()
    assert await states(database) == {"sent": 1}


async def test_a_stranger_cannot_settle(database: Database) -> None:
    one = await one_sending(database)
    assert await settle(database, replace(sent(one), token="other")) == set()
    assert await states(database) == {"sending": 1}


async def test_what_was_never_marked_cannot_have_been_sent(database: Database) -> None:
    one = await one_claimed(database)
    assert await settle(database, sent(one)) == set()
    assert await settle(database, Outcome(one.id, one.token, 0, "unknown")) == set()


async def test_a_claim_that_missed_its_slot_is_given_back(database: Database) -> None:
    one = await one_claimed(database)
    back = Outcome(one.id, one.token, 0, "pending", counted=False)
    assert await settle(database, back) == {one.id}
    found = await row(database, one.id)
    assert (found["state"], found["attempts"], found["token"]) == ("pending", 0, None)


async def test_proof_of_not_sent_means_again_later(database: Database) -> None:
    one = await one_sending(database)
    later = EIGHT_THIRTY + 4 * SECOND
    await settle(
        database,
        Outcome(one.id, one.token, 0, "pending", not_before=later, error_class="refused"),
    )
    found = await row(database, one.id)
    assert (found["state"], found["attempts"], found["not_before"]) == ("pending", 1, later)
    assert await take(database, later - 1, token="u") == []
    (again,) = await take(database, later, token="u")
    assert again.attempts == 1


async def test_a_connection_refused_is_no_attempt(database: Database) -> None:
    one = await one_sending(database)
    await settle(database, Outcome(one.id, one.token, 0, "pending", counted=False))
    assert (await row(database, one.id))["attempts"] == 0


async def test_an_old_outcome_does_not_settle_the_next_part(database: Database) -> None:
    one = await one_sending(database, parts=2)
    first = replace(sent(one), next_part=1)
    assert await settle(database, first) == {one.id}
    found = await row(database, one.id)
    assert (found["state"], found["next_part"], found["attempts"]) == ("pending", 1, 0)
    later = EIGHT_THIRTY + 2 * SECOND
    (two,) = await take(database, later, token=one.token)
    await mark(database, [two], later)
    assert await settle(database, first) == set()
    assert await settle(database, sent(two, 101)) == {two.id}


async def test_a_lost_answer_is_held_as_unknown(database: Database) -> None:
    one = await one_sending(database)
    await settle(database, Outcome(one.id, one.token, 0, "unknown", error="read timeout"))
    assert await states(database) == {"unknown": 1}
    assert await take(database, EIGHT_THIRTY + MINUTE, token="u") == []


async def test_a_crash_while_sending_leaves_it_unknown_and_before_that_pending(
    database: Database,
) -> None:
    async with database.write() as conn:
        for tg_id in (1, 2):
            await owed(conn, tg_id)
    first, _ = await take(database)
    await mark(database, [first])
    async with database.write() as conn:
        assert await deliveries.reap(conn, EIGHT_THIRTY + MINUTE - 1) == Reaped(0, 0)
        assert await deliveries.reap(conn, EIGHT_THIRTY + MINUTE) == Reaped(1, 1)
        assert await deliveries.reap(conn, EIGHT_THIRTY + MINUTE) == Reaped(0, 0)
    assert await states(database) == {"pending": 1, "unknown": 1}


async def test_the_only_process_takes_back_all_leases_at_its_start(database: Database) -> None:
    await one_sending(database)
    async with database.write() as conn:
        assert await deliveries.reap(conn, EIGHT_THIRTY, everything=True) == Reaped(0, 1)


async def test_a_late_answer_settles_what_was_called_unknown(database: Database) -> None:
    one = await one_sending(database)
    async with database.write() as conn:
        await deliveries.reap(conn, EIGHT_THIRTY + MINUTE)
    assert await settle(database, replace(sent(one), token="other")) == set()
    assert await settle(database, sent(one)) == {one.id}
    assert await states(database) == {"sent": 1}


async def test_a_refusal_for_good_ends_one_delivery(database: Database) -> None:
    async with database.write() as conn:
        for tg_id in (1, 2):
            await owed(conn, tg_id)
    first, second = await take(database)
    await mark(database, [first, second])
    await settle(
        database,
        Outcome(first.id, first.token, 0, "dead", error_class="parse", error="can't parse"),
        Outcome(second.id, second.token, 0, "gone", error_class="blocked"),
    )
    assert await states(database) == {"dead": 1, "gone": 1}
    assert (await row(database, first.id))["error"] == "can't parse"


async def test_a_message_that_arrives_wipes_the_strikes(database: Database) -> None:
    one = await one_sending(database)
    async with database.write() as conn:
        await chats.strike(conn, one.chat_id, EIGHT_THIRTY)
    await settle(database, sent(one))
    async with database.read() as conn:
        chat = await chats.get(conn, one.chat_id)
    assert chat is not None
    assert (chat.strikes, chat.struck_at) == (0, None)


async def test_unknown_ones_are_listed_with_where_they_went(database: Database) -> None:
    one = await one_sending(database)
    await settle(database, Outcome(one.id, one.token, 0, "unknown", error="read timeout"))
    async with database.read() as conn:
        (held,) = await deliveries.unknown(conn)
        assert await deliveries.unknown(conn, after=held.id) == []
    assert (held.id, held.tg_id, held.title) == (one.id, 1, "Reader 1")
    assert (held.occasion_key, held.part, held.error) == ("change 1", 0, "read timeout")


async def test_an_operator_may_resend_what_is_unknown_once(database: Database) -> None:
    one = await one_sending(database)
    await settle(database, Outcome(one.id, one.token, 0, "unknown"))
    later = EIGHT_THIRTY + 2 * HOUR
    async with database.write() as conn:
        assert await deliveries.resend(conn, [one.id], now=later, expires_at=later + HOUR) == 1
        assert await deliveries.resend(conn, [one.id], now=later, expires_at=later + HOUR) == 0
    (again,) = await take(database, later, token="u")
    assert again.id == one.id
    await mark(database, [again], later)
    assert await settle(database, sent(one)) == set()
    assert await settle(database, sent(again)) == {one.id}


async def test_an_operator_may_close_what_is_unknown(database: Database) -> None:
    one = await one_sending(database)
    await settle(database, Outcome(one.id, one.token, 0, "unknown"))
    async with database.write() as conn:
        assert await deliveries.close(conn, [one.id], now=EIGHT_THIRTY) == 1
        assert await deliveries.close(conn, [one.id], now=EIGHT_THIRTY) == 0
    assert await settle(database, sent(one)) == set()
    assert await states(database) == {"dead": 1}


async def test_the_latest_bulletin_of_a_chat_is_found_again(database: Database) -> None:
    one = await one_sending(database)
    async with database.read() as conn:
        assert await deliveries.latest(conn, one.chat_id) is None
    await settle(database, sent(one))
    async with database.read() as conn:
        assert await deliveries.latest(conn, one.chat_id) == one.bulletin_id
        assert await deliveries.latest(conn, one.chat_id, 9) is None


async def test_a_batch_is_settled_in_one_go(database: Database) -> None:
    async with database.write() as conn:
        for tg_id in range(1, 101):
            await owed(conn, tg_id)
    taken = await take(database, limit=100, horizon=MINUTE)
    assert await mark(database, taken) == {one.id for one in taken}
    assert len(await settle(database, *(sent(one, one.id) for one in taken))) == 100
    assert await states(database) == {"sent": 100}
