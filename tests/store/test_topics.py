"""Topics that take nothing any more: what strayed is counted, and what they had is handed over."""

from __future__ import annotations

import pytest

from bot.store import subscriptions, topics
from bot.store.database import Database
from tests.store.scene import EIGHT_THIRTY, HOUR, daily, reader

CLUB = -100500
TOPIC = 77


async def test_a_topics_subscriptions_become_the_groups(database: Database) -> None:
    async with database.write() as conn:
        club = await reader(conn, CLUB, "supergroup")
        mine = await daily(conn, club, thread_id=TOPIC, topics=("corridor",))
        other = await daily(conn, club, thread_id=TOPIC + 1)
        assert await topics.forget(conn, club.id, TOPIC, EIGHT_THIRTY) == 1
        [kept] = await subscriptions.list_for(conn, club.id, 0)
        assert (kept.id, kept.topics, kept.state) == (mine.id, ("corridor",), "active")
        assert await subscriptions.get(conn, other.id) == other
        assert await topics.forget(conn, club.id, TOPIC, EIGHT_THIRTY) == 0


@pytest.mark.parametrize("had_ended", [True, False])
async def test_the_groups_own_of_that_hour_stays_the_only_one(
    database: Database, had_ended: bool
) -> None:
    async with database.write() as conn:
        club = await reader(conn, CLUB, "supergroup")
        own = await daily(conn, club)
        if had_ended:
            await subscriptions.end(conn, own.id, EIGHT_THIRTY - HOUR)
        await daily(conn, club, thread_id=TOPIC, topics=("corridor",))
        assert await topics.forget(conn, club.id, TOPIC, EIGHT_THIRTY) == had_ended
        [kept] = await subscriptions.list_for(conn, club.id)
        assert (kept.id, kept.thread_id, kept.state) == (own.id, 0, "active")
        assert kept.topics == (("corridor",) if had_ended else ())
        assert await topics.strayed(conn, club.id, TOPIC, 0, 3) == 0
