"""How far an occasion has come; and ending it in the middle."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.newsroom.carry import carry_out
from bot.newsroom.office import Office, Refusal
from bot.store import holds, occasions
from bot.text import Words


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an occasion has come: deliveries by what became of them.

    `held` are those of `left` that wait for a morning. `state` is that of the occasion.
    """

    occasion_id: int
    kind: str
    edition: str
    state: str
    total: int
    sent: int
    left: int
    held: int
    cancelled: int
    failed: int
    unknown: int

    @property
    def is_done(self) -> bool:
        """Whether nothing is left that could go out now."""
        return self.left <= self.held


async def progress(office: Office, occasion_id: int) -> Progress | None:
    """How far an occasion has come; None where there is none of that number."""
    async with office.database.read() as conn:
        occasion = await occasions.get(conn, occasion_id)
        if occasion is None:
            return None
        states = await occasions.progress(conn, occasion_id)
        held = await occasions.waiting(conn, occasion_id, office.now)
    left = states.get("pending", 0) + states.get("claimed", 0) + states.get("sending", 0)
    return Progress(
        occasion_id=occasion.id,
        kind=occasion.kind,
        edition=occasion.edition,
        state=occasion.state,
        total=sum(states.values()),
        sent=states.get("sent", 0),
        left=left,
        held=held,
        cancelled=states.get("cancelled", 0),
        failed=sum(states.get(state, 0) for state in ("dead", "gone", "expired")),
        unknown=states.get("unknown", 0),
    )


async def stop(office: Office, name: str) -> Progress:
    """End an occasion in the middle, by its number or key: from now on nothing of it leaves.

    What is on the wire at this moment arrives. Raises Refusal where there is none such.
    """
    async with office.database.write() as conn:
        occasion = await (
            occasions.get(conn, int(name))
            if name.isascii() and name.isdecimal() and len(name) < 19
            else occasions.named(conn, name)
        )
        if occasion is None:
            raise Refusal(office.words("en")("operate.no_occasion", name=name))
        if holds.is_word(occasion):
            await holds.say(conn, occasion, "stopped")
        else:
            await occasions.stop(conn, occasion.id)
            await holds.note(conn, occasion.id)
    await carry_out(office, replace(occasion, state="stopped"))
    done = await progress(office, occasion.id)
    if done is None:
        raise Refusal(office.words("en")("operate.no_occasion", name=name))
    return done


async def under_way(office: Office, limit: int = 10) -> list[Progress]:
    """The open occasions that still have something to send, the newest first."""
    async with office.database.read() as conn:
        numbers = await occasions.under_way(conn, limit)
    found = [await progress(office, number) for number in numbers]
    return [item for item in found if item is not None]


def tell_progress(done: Progress, words: Words) -> str:
    """One line on how far it has come."""
    number = words.number
    parts = [
        words(key, number=number(count))
        for key, count in (
            ("operate.left", done.left - done.held),
            ("operate.waiting", done.held),
            ("operate.cancelled", done.cancelled),
            ("operate.failed", done.failed),
            ("operate.unknown", done.unknown),
        )
        if count > 0
    ]
    head = words("operate.sent", number=number(done.sent), total=number(done.total))
    return ", ".join((head, *parts))
