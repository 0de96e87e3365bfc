"""Any order of claims, sends, crashes, reapings and time, against a model of a few lines.

What it holds: no part goes on the wire twice unless there was proof that it had not gone, and the
table is in the state that the model says after each step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from bot.store import chats, claims, deliveries
from bot.store.database import Database, metadata
from bot.store.deliveries import Claimed, Outcome, Reaped
from bot.store.tables import deliveries as table
from tests.store.scene import EIGHT_THIRTY, HOUR, MINUTE, SECOND, owed

T = TypeVar("T")

LEASE = MINUTE
DEADLINE = 20 * SECOND
PARTS = 2
READERS = 5
ENDS = st.sampled_from(("sent", "sent", "pending", "unknown", "dead"))
WORKERS = st.sampled_from(("a", "b"))
# Seconds between two events: shorter and longer than a lease, and at times past the end of all.
WAITS = st.sampled_from((0.5, 1.2, 3.0, 41.0, 61.0) * 4 + (3600.0,))


@dataclass
class Row:
    """What the model knows of one delivery."""

    chat_id: int
    state: str = "pending"
    token: str = ""
    part: int = 0
    attempts: int = 0
    lease: int = 0
    not_before: int = EIGHT_THIRTY


@dataclass
class Worker:
    """A process: what it has claimed, and what it is sure to be allowed to send."""

    claimed: list[Claimed] = field(default_factory=list)
    sending: list[Claimed] = field(default_factory=list)


class Deliveries(RuleBasedStateMachine):
    """The rules; one database serves all examples and is emptied before each."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.database = self.do(Database.open(url))
        self.now = EIGHT_THIRTY
        self.turn = 0
        self.workers = {"a": Worker(), "b": Worker()}
        self.rows: dict[int, Row] = {}
        self.wire: dict[tuple[int, int], int] = {}
        self.slots: dict[int, int] = {}
        self.last: list[Outcome] = []
        self.do(self.begin())

    def do(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(coroutine)

    async def begin(self) -> None:
        async with self.database.write() as conn:
            for rows in reversed(metadata.sorted_tables):
                await conn.execute(rows.delete())
            for key in ("change 1", "change 2"):
                for tg_id in range(1, READERS + 1):
                    it = await owed(conn, tg_id, key=key, parts=PARTS)
                    self.rows[it.id] = Row(it.chat.id)

    def teardown(self) -> None:
        self.do(self.database.close())
        self.runner.close()

    @rule(name=WORKERS, limit=st.integers(1, 6), marked=st.booleans(), wait=WAITS)
    def claim(self, name: str, limit: int, marked: bool, wait: float) -> None:
        self.claim_after(wait, name, limit, marked)

    def claim_after(self, wait: float, name: str, limit: int, marked: bool) -> None:
        self.pass_time(wait)
        token = f"{name}{self.turn}"
        taken, states = self.do(self.claim_as(token, limit))
        for one in taken:
            row = self.rows[one.id]
            assert row.state == "pending"
            # What has begun to arrive may be finished for some while.
            last = one.expires_at + (claims.FINISHING if one.part else 0)
            assert row.not_before <= self.now <= last
            assert (one.part, one.attempts) == (row.part, row.attempts)
            assert one.slot_at - self.slots.get(row.chat_id, 0) >= claims.PRIVATE_SPACING
            self.slots[row.chat_id] = one.slot_at
            row.state, row.token, row.lease = "claimed", token, self.now + LEASE
        for key, row in self.rows.items():
            if row.state == "pending" and states[key] == "expired":
                assert self.now > EIGHT_THIRTY + HOUR
                row.state = "expired"
        self.workers[name].claimed += taken
        if marked:
            self.mark_all(name)

    async def claim_as(self, token: str, limit: int) -> tuple[list[Claimed], dict[int, str]]:
        async with self.database.write() as conn:
            taken = await claims.claim(
                conn,
                now=self.now,
                token=token,
                limit=limit,
                lease=LEASE,
                interval=40_000,
                horizon=SECOND,
            )
            found = await conn.execute(select(table.c.id, table.c.state))
            return taken, {row[0]: row[1] for row in found}

    @rule(name=WORKERS, wait=WAITS)
    def mark(self, name: str, wait: float) -> None:
        self.pass_time(wait)
        self.mark_all(name)

    def mark_all(self, name: str) -> None:
        worker = self.workers[name]
        for one in worker.claimed:
            marked = self.do(self.mark_one(one))
            row = self.rows[one.id]
            allowed = (row.state, row.token) == ("claimed", one.token)
            allowed = allowed and row.lease > self.now + DEADLINE
            assert marked == ({one.id} if allowed else set())
            if allowed:
                row.state, row.attempts = "sending", row.attempts + 1
                self.wire[one.id, one.part] = self.wire.get((one.id, one.part), 0) + 1
                worker.sending.append(one)
        worker.claimed = []

    async def mark_one(self, one: Claimed) -> set[int]:
        async with self.database.write() as conn:
            return await deliveries.mark(conn, [one.id], one.token, self.now, DEADLINE)

    @rule(name=WORKERS, end=ENDS, frozen=st.booleans())
    def settle(self, name: str, end: deliveries.End, frozen: bool) -> None:
        self.freeze(name, frozen)
        worker = self.workers[name]
        outcomes = []
        for one in worker.sending:
            more = end == "sent" and one.part + 1 < one.parts
            outcomes.append(
                Outcome(
                    one.id,
                    one.token,
                    one.part,
                    end,
                    message_id=7 if end == "sent" else None,
                    next_part=one.part + 1 if more else None,
                    not_before=self.now + SECOND if end == "pending" else None,
                )
            )
        worker.sending = []
        self.tell(outcomes)
        self.last = outcomes

    @rule(name=WORKERS, frozen=st.booleans())
    def give_back(self, name: str, frozen: bool) -> None:
        self.freeze(name, frozen)
        worker = self.workers[name]
        self.tell([Outcome(one.id, one.token, one.part, "pending") for one in worker.claimed])
        worker.claimed = []

    @rule()
    def tell_again(self) -> None:
        self.tell(self.last)

    def tell(self, outcomes: list[Outcome]) -> None:
        expected = set()
        for one in outcomes:
            row = self.rows[one.id]
            mine = (row.token, row.part) == (one.token, one.part)
            open_to = {
                "sent": ("sending", "unknown"),
                "unknown": ("sending",),
            }.get(one.state, ("claimed", "sending", "unknown"))
            if not mine or row.state not in open_to:
                continue
            expected.add(one.id)
            if one.state == "pending":
                if row.state != "claimed":
                    self.wire[one.id, one.part] -= 1
                row.not_before = row.not_before if one.not_before is None else one.not_before
            row.state = one.state
            if one.next_part is not None:
                row.state, row.part, row.attempts = "pending", one.next_part, 0
            if row.state == "pending":
                row.token = ""
        assert self.do(self.settle_all(outcomes)) == expected

    async def settle_all(self, outcomes: list[Outcome]) -> set[int]:
        async with self.database.write() as conn:
            return set(await deliveries.settle(conn, outcomes, self.now))

    def freeze(self, name: str, frozen: bool) -> None:
        """Let a process stand still beyond its leases while the other one goes on."""
        if frozen:
            self.reap_after(61.0)
            self.claim_after(3.0, "b" if name == "a" else "a", READERS, marked=True)

    def pass_time(self, seconds: float) -> None:
        self.turn += 1
        self.now += round(seconds * SECOND)

    @rule(name=WORKERS)
    def crash(self, name: str) -> None:
        self.workers[name] = Worker()

    @rule(wait=WAITS)
    def reap(self, wait: float) -> None:
        self.reap_after(wait)

    def reap_after(self, wait: float) -> None:
        self.pass_time(wait)
        over = [row for row in self.rows.values() if row.lease <= self.now]
        released = [row for row in over if row.state == "claimed"]
        lost = [row for row in over if row.state == "sending"]
        for row in released:
            row.state, row.token = "pending", ""
        for row in lost:
            row.state = "unknown"
        assert self.do(self.reap_all()) == Reaped(len(released), len(lost))

    async def reap_all(self) -> Reaped:
        async with self.database.write() as conn:
            return await deliveries.reap(conn, self.now)

    @rule(which=st.integers(0, READERS - 1))
    def a_reader_leaves(self, which: int) -> None:
        chat_id = list(self.rows.values())[which].chat_id
        self.do(self.leave(chat_id))
        for row in self.rows.values():
            if row.chat_id == chat_id and row.state in {"pending", "claimed"}:
                row.state = "gone"

    async def leave(self, chat_id: int) -> None:
        async with self.database.write() as conn:
            await chats.set_state(conn, chat_id, "blocked", self.now)
            await chats.set_state(conn, chat_id, "active", self.now)

    @invariant()
    def the_table_says_what_the_model_says(self) -> None:
        found = self.do(self.look())
        expected = {key: (row.state, row.part, row.attempts) for key, row in self.rows.items()}
        assert found == expected

    async def look(self) -> dict[int, tuple[str, int, int]]:
        async with self.database.read() as conn:
            rows = await conn.execute(
                select(table.c.id, table.c.state, table.c.next_part, table.c.attempts)
            )
            return {row[0]: (row[1], row[2], row[3]) for row in rows}

    @invariant()
    def nothing_is_on_the_wire_twice(self) -> None:
        assert all(times <= 1 for times in self.wire.values())


def test_no_order_of_events_sends_anything_twice(url: str) -> None:
    class Here(Deliveries):
        def __init__(self) -> None:
            super().__init__(url)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
