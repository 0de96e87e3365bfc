"""How close to Telegram's limit: a strict 30 in any second, by the moment of arrival.

What takes 6 minutes and more in full is done with fewer messages here, and in full by
`tests/soak/soak_limit.py`. Beside it a bucket that holds 30 and fills by 30 a second, which is
what most limiters are.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from bot.delivery.transport import Files, Params
from bot.delivery.worker import Settings
from tests.bench.mail import heard, most_in_a_second, owe, post_office, sender, stats
from tests.delivery.town import Line, Town

LIMIT, PACE = 30, 25
FEW = 600
MANY = 10_000
LATENCY = ("--limit", str(LIMIT), "--jitter", "0.04", "--latency", "0.03")


class Jittery(Line):
    """Messages that take 20 ms and a log-normal 40 more on their way, and overtake each other."""

    draws = random.Random(1)

    async def post(
        self, method: str, params: Params, files: Files | None, timeout: float
    ) -> tuple[int, bytes]:
        await self._clock.sleep(0.04 * self.draws.lognormvariate(0, 0.5))
        return await super().post(method, params, files, timeout)


@pytest.mark.bench
@pytest.mark.parametrize("workers", [1, 4])
async def test_no_message_is_refused_for_its_pace(
    tmp_path: Path, durable_url: str, workers: int
) -> None:
    await send_within_the_limit(tmp_path, durable_url, workers, FEW)


async def send_within_the_limit(folder: Path, url: str, workers: int, many: int) -> str:
    """Real processes in real time; on SQLite there can be one. What was seen, as a sentence."""
    if workers > 1 and not url.startswith("postgresql"):
        pytest.skip("one process at a time has SQLite's database")
    state = folder / "state"
    version = await owe(url, state, many)
    with post_office(*LATENCY) as api:
        started = [
            sender(url, state / str(number) if number else state, api, "--until-empty")
            for number in range(workers)
        ]
        await asyncio.gather(*(heard(one) for one in started))
        seen = await stats(api)
    times = sorted(moment for moment, _ in seen["sent"])
    rate = (len(times) - 1) / (times[-1] - times[0])
    refused, most = len(seen["refused"]), most_in_a_second(times)
    told = (
        f"{version}, {workers} worker(s), {many:,} sends to a strict {LIMIT} in any second: "
        f"{refused} avoidable 429, at most {most} in any second, {rate:.1f}/s"
    )
    print(f"\n{told}")
    assert len({chat for _, chat in seen["sent"]}) == many
    assert refused == 0
    assert most <= LIMIT
    return told


def a_bucket() -> float:
    """The share that is refused, of two bursts of 250, by the same rule and the same way."""
    draws, sent = random.Random(1), []
    for burst in range(2):
        begin, full = burst * 60.0, LIMIT
        for number in range(250):
            at = begin + max(0, number - full) / LIMIT
            sent.append(at + 0.04 * draws.lognormvariate(0, 0.5))
    taken: list[float] = []
    for moment in sorted(sent):
        if sum(1 for other in taken[-LIMIT:] if other > moment - 1.0) < LIMIT:
            taken.append(moment)
    return 1 - len(taken) / len(sent)


@pytest.mark.bench
async def test_no_message_is_refused_in_a_towns_own_time(tmp_path: Path) -> None:
    await send_in_a_town(tmp_path, 1500)


async def send_in_a_town(folder: Path, many: int) -> None:
    """One worker, in a time that passes only while all wait: the same in each run."""
    async with Town.open(folder, Settings(rate=PACE)) as town:
        town.line = Jittery(town.world, town.clock)
        town.pacer, town.post, town.worker = town.hire()
        readers = await town.readers(many)
        await town.owe(await town.bulletin("a brief"), *readers)
        town.start()
        await town.passes(many / PACE * 2, until=lambda: len(town.sent) == many)
        times = [at for at, _, _ in town.sent]
        refused = dict(town.world.rates.refused)
    print(
        f"\n1 worker, SQLite, {many:,} sends in the town's own time: refused {refused}, at most "
        f"{most_in_a_second(times)} in any second, {(many - 1) / (times[-1] - times[0]):.1f}/s"
        f"\n  a bucket of {LIMIT} that fills by {LIMIT} a second: {a_bucket():.1%} refused"
    )
    assert len(times) == many
    assert refused.get("overall", 0) == 0
