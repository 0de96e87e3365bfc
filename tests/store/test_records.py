"""Revisions, bulletins, receipts, the inbox, questions, reports: written once, found again."""

from __future__ import annotations

import asyncio

import pytest

from bot.store import bulletins, chats, inbox, occasions, questions, receipts, reports, revisions
from bot.store.bulletins import Part, Variant
from bot.store.database import Database
from bot.store.inbox import Update
from bot.store.questions import Question
from bot.store.receipts import Receipt
from tests.store.conftest import opened
from tests.store.scene import EIGHT_THIRTY, EN, HOUR, SECOND, mark, news, owed, reader, ready, take

# --- revisions ---------------------------------------------------------------------------------


async def test_a_revision_is_kept_whole(database: Database) -> None:
    async with database.write() as conn:
        assert await revisions.latest(conn) is None
        assert await revisions.save(conn, '{"a": "ё"}', "h1", 10) == 1
        assert await revisions.save(conn, '{"a": 2}', "h2", 20) == 2
        found, newest = await revisions.get(conn, 1), await revisions.latest(conn)
        assert await revisions.get(conn, 3) is None
        assert await revisions.head(conn) == (2, "h2")
        assert await revisions.count(conn) == 2
    assert found is not None
    assert (found.number, found.hash, found.body, found.accepted_at) == (1, "h1", '{"a": "ё"}', 10)
    assert newest is not None
    assert newest.number == 2


async def test_the_same_library_saved_again_keeps_its_number(database: Database) -> None:
    async with database.write() as conn:
        assert [await revisions.save(conn, "{}", "h1", n) for n in (10, 20)] == [1, 1]


async def test_a_return_to_an_older_text_is_a_new_revision(database: Database) -> None:
    async with database.write() as conn:
        numbers = [await revisions.save(conn, "{}", h, n) for n, h in enumerate("aba", start=1)]
        served = [await revisions.at(conn, moment) for moment in (0, 1, 2, 3, 99)]
    assert numbers == [1, 2, 3]
    assert [None if one is None else one.number for one in served] == [None, 1, 2, 3, 3]


async def test_processes_that_save_together_number_them_once(postgres_url: str) -> None:
    async with opened(postgres_url) as one, opened(postgres_url) as two:

        async def save(database: Database) -> int:
            async with database.write() as conn:
                return await revisions.save(conn, "{}", "h1", 10)

        assert set(await asyncio.gather(save(one), save(two))) == {1}


# --- occasions and bulletins -------------------------------------------------------------------


async def test_an_occasion_is_opened_once(database: Database) -> None:
    async with database.write() as conn:
        first = await news(conn)
        again = await occasions.ensure(
            conn, kind="manual", key="change 1", due_at=1, expires_at=2, now=3
        )
        assert again == first == await occasions.get(conn, first.id)
        assert await occasions.named(conn, "change 1") == first
        assert await occasions.named(conn, "change 2") is None


@pytest.mark.parametrize(
    ("variant", "key"),
    [
        (Variant("en", "full"), "en/full/"),
        (Variant("kk", "short", ("trade", "corridor")), "kk/short/corridor;trade"),
        (Variant("en", "full", (), "2026-01-05"), "en/full//2026-01-05"),
        (Variant("en", "short", is_public=True), "en/short+public/"),
    ],
)
def test_a_variant_is_known_by_its_key(variant: Variant, key: str) -> None:
    assert variant.key == key
    assert Variant.of(key).key == key


async def test_a_finished_bulletin_is_frozen_with_its_hash(database: Database) -> None:
    async with database.write() as conn:
        occasion = await news(conn)
        bulletin = await bulletins.ensure(conn, occasion.id, EN)
        assert await bulletins.building(conn, 0) == [bulletin]
        part = Part("<b>x</b>", "x", {"inline_keyboard": [[{"text": "a"}]]}, ("k1", "k2"))
        assert await bulletins.finish(conn, bulletin.id, [part], revision=7)
        assert not await bulletins.finish(conn, bulletin.id, [], revision=8)
        done = await bulletins.get(conn, bulletin.id)
        assert await bulletins.parts(conn, bulletin.id) == [part]
        assert await bulletins.building(conn, 2**60) == []
        assert await bulletins.counts(conn) == {"ready": 1}
    assert done is not None
    assert (done.state, done.parts, done.revision) == ("ready", 1, 7)
    assert len(done.sha256 or "") == 64


async def test_building_that_fails_is_tried_three_times(database: Database) -> None:
    async with database.write() as conn:
        bulletin = await bulletins.ensure(conn, (await news(conn)).id, EN)
        for attempt in (1, 2):
            failed = await bulletins.fail(conn, bulletin.id, "broken", retry_at=attempt * 10)
            assert failed is not None
            assert (failed.state, failed.attempts) == ("building", attempt)
            assert await bulletins.building(conn, attempt * 10 - 1) == []
            assert len(await bulletins.building(conn, attempt * 10)) == 1
        last = await bulletins.fail(conn, bulletin.id, "broken", retry_at=30)
        assert last is not None
        assert (last.state, last.error) == ("failed", "broken")
        assert await bulletins.fail(conn, bulletin.id, "again", retry_at=40) is None
        assert await bulletins.rebuild(conn, bulletin.id)
        assert len(await bulletins.building(conn, 0)) == 1


async def test_a_bulletin_of_which_something_was_sent_is_not_built_anew(
    database: Database,
) -> None:
    async with database.write() as conn:
        it = await owed(conn)
        (bulletin,) = await bulletins.of(conn, it.occasion.id)
        assert await bulletins.rebuild(conn, bulletin.id)
        assert await ready(conn, it.occasion) == bulletin.id
    taken = await take(database, EIGHT_THIRTY)
    await mark(database, taken)
    async with database.write() as conn:
        assert not await bulletins.rebuild(conn, bulletin.id)


# --- receipts ----------------------------------------------------------------------------------


async def test_who_holds_an_observation_is_found(database: Database) -> None:
    async with database.write() as conn:
        ada, ben = await reader(conn, 1), await reader(conn, 2)
        await receipts.write(
            conn,
            [
                Receipt(ada.id, 5, 3, "corridor", 10, observations=("v@2023:a", "v@2024:a")),
                Receipt(ben.id, 6, 3, "trade", 20, thread_id=4, observations=("v@2024:a",)),
            ],
        )
        found = await receipts.for_observations(conn, ["v@2024:a"])
        assert await receipts.for_observations(conn, ["w@2024:a"]) == []
        assert await receipts.for_observations(conn, []) == []
    assert [(one.tg_id, one.message_id, one.place) for one in found] == [
        (2, 6, "trade"),
        (1, 5, "corridor"),
    ]
    assert (found[0].thread_id, found[0].revision, found[0].sent_at) == (4, 3, 20)


async def test_an_edited_message_carries_only_what_it_shows_now(database: Database) -> None:
    async with database.write() as conn:
        ada = await reader(conn)
        await receipts.write(conn, [Receipt(ada.id, 5, 1, "corridor", 10, observations=("a",))])
        await receipts.write(conn, [Receipt(ada.id, 5, 2, "trade", 20, observations=("b",))])
        assert await receipts.for_observations(conn, ["a"]) == []
        (held,) = await receipts.for_observations(conn, ["a", "b"])
    assert (held.observation, held.place, held.revision) == ("b", "trade", 2)


async def test_a_part_of_a_bulletin_carries_what_the_bulletin_carries(database: Database) -> None:
    async with database.write() as conn:
        it = await owed(conn, parts=2)
        (bulletin,) = await bulletins.of(conn, it.occasion.id)
        for part, message_id in ((0, 50), (1, 51)):
            one = Receipt(
                it.chat.id, message_id, 1, "daily", 10, bulletin_id=bulletin.id, part=part
            )
            await receipts.write(conn, [one])
        (held,) = await receipts.for_observations(conn, ["corridor.volume@1:a"])
    assert (held.message_id, held.tg_id) == (51, 1)


async def test_receipts_can_be_dropped_and_grow_old(database: Database) -> None:
    async with database.write() as conn:
        ada = await reader(conn)
        for message_id in (1, 2, 3):
            one = Receipt(ada.id, message_id, 1, "x", message_id * 10, observations=("a",))
            await receipts.write(conn, [one])
        await receipts.write(conn, [])
        assert await receipts.forget(conn, ada.id, [2]) == 1
        assert await receipts.prune(conn, 30) == 1
        assert [one.message_id for one in await receipts.for_observations(conn, ["a"])] == [3]


async def test_a_receipt_of_a_chat_that_is_no_more_is_passed_over(database: Database) -> None:
    async with database.write() as conn:
        ada, ben = await reader(conn, 1), await reader(conn, 2)
        await chats.forget(conn, ben.id)
        both = [Receipt(one.id, 5, 1, "corridor", 10, observations=("a",)) for one in (ben, ada)]
        await receipts.write(conn, both)
        (held,) = await receipts.for_observations(conn, ["a"])
    assert held.tg_id == 1


# --- inbox -------------------------------------------------------------------------------------


async def test_an_update_is_kept_once(database: Database) -> None:
    async with database.write() as conn:
        updates = [Update(8, 1, "{}"), Update(7, None, '{"ё": 1}')]
        assert await inbox.keep(conn, updates, 10) == [7, 8]
        assert await inbox.keep(conn, [*updates, Update(9, 1, "{}")], 20) == [9]
        assert await inbox.keep(conn, [], 20) == []
        waiting = await inbox.pending(conn)
    assert [(one.update_id, one.chat_id, one.received_at) for one in waiting] == [
        (7, None, 10),
        (8, 1, 10),
        (9, 1, 20),
    ]
    assert waiting[0].body == '{"ё": 1}'


async def test_an_answered_update_is_blanked_and_still_known(database: Database) -> None:
    async with database.write() as conn:
        await inbox.keep(conn, [Update(n, 1, "secret") for n in (1, 2, 3)], EIGHT_THIRTY)
        await inbox.begin(conn, [2, 3])
        await inbox.begin(conn, [2, 99])
        await inbox.done(conn, [1])
        await inbox.bad(conn, 3, "cannot be read")
        (left,) = await inbox.pending(conn)
        assert (left.update_id, left.attempts) == (2, 2)
        assert await inbox.keep(conn, [Update(1, 1, "secret")], EIGHT_THIRTY) == []
        assert await inbox.counts(conn) == {"new": 1, "done": 1, "bad": 1}
        assert await inbox.sweep(conn, EIGHT_THIRTY + 48 * HOUR) == 0
        assert await inbox.sweep(conn, EIGHT_THIRTY + 48 * HOUR + SECOND) == 2
        assert await inbox.counts(conn) == {"new": 1}


async def test_what_a_dead_process_left_is_taken_over_and_what_a_living_one_holds_is_not(
    database: Database,
) -> None:
    async with database.write() as conn:
        for number, holder in enumerate(("living", "dead", "gone", "", "me"), start=1):
            await inbox.keep(conn, [Update(number, 1, "{}")], 100 - number, holder)
        await inbox.done(conn, [])
        await inbox.beat(conn, "living", 50)
        await inbox.beat(conn, "dead", 5)
        await inbox.beat(conn, "gone", 50)
        await inbox.leave(conn, "gone")
        taken = await inbox.take_over(conn, "me", 20)
        assert [one.update_id for one in taken] == [4, 3, 2]
        assert await inbox.take_over(conn, "me", 20) == []
        taken = await inbox.take_over(conn, "other", 60)
        assert [one.update_id for one in taken] == [5, 4, 3, 2, 1]
        assert len(await inbox.take_over(conn, "third", 60, limit=2)) == 2


async def test_two_webhooks_with_the_same_update_keep_it_once(postgres_url: str) -> None:
    async with opened(postgres_url) as one, opened(postgres_url) as two:

        async def keep(database: Database) -> list[int]:
            async with database.write() as conn:
                return await inbox.keep(conn, [Update(1, 1, "{}")], 10)

        assert sorted(await asyncio.gather(keep(one), keep(two))) == [[], [1]]


# --- questions and reports ---------------------------------------------------------------------


async def test_a_question_is_counted_however_it_is_written(database: Database) -> None:
    async with database.write() as conn:
        await questions.count(conn, "Who   pays?", "en", 10)
        assert await questions.count(conn, " who pays? ", "en", 20) == 2
        await questions.count(conn, "who pays?", "kk", 30)
        top = await questions.top(conn)
        assert [one.language for one in await questions.top(conn, since=25)] == ["kk"]
        assert await questions.clear(conn, 25) == 1
    assert top[0] == Question("who pays?", "en", 2, 20)
    assert [one.count for one in top] == [2, 1]


async def test_a_new_question_takes_the_place_of_the_least_asked(database: Database) -> None:
    async with database.write() as conn:
        for now, text in enumerate(("often", "often", "once", "later"), start=1):
            await questions.count(conn, text, "en", now, most=3)
        await questions.count(conn, "newest", "en", 9, most=3)
        kept = [(one.text, one.count) for one in await questions.top(conn)]
    assert kept == [("often", 2), ("newest", 1), ("later", 1)]


async def test_a_report_is_open_until_it_is_closed(database: Database) -> None:
    async with database.write() as conn:
        ada = await reader(conn)
        made = await reports.add(
            conn, chat_id=ada.id, place="corridor.volume", revision=3, now=10, text="Wrong year"
        )
        assert await reports.pending(conn) == [made]
        closed = await reports.close(conn, made.id, "corrected", 20)
        assert closed is not None
        assert (closed.state, closed.outcome, closed.closed_at) == ("closed", "corrected", 20)
        assert await reports.close(conn, made.id, "again", 30) is None
        assert await reports.pending(conn) == []
