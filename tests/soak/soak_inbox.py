"""The long version of `test_kill_inbox.py`: both engines, polling and webhook, 25 kills each."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench.conftest import durable_server, durable_url
from tests.soak.burst import burst
from tests.soak.test_kill_inbox import check, kill_until_answered, report

__all__ = ["durable_server", "durable_url"]

KILLS = 25


@pytest.mark.soak
@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_a_thousand_questions_and_a_kill_every_moment(
    tmp_path: Path, durable_url: str, way: str, figure: Callable[[str], None]
) -> None:
    shared = durable_url if "://" in durable_url else None
    engine = "PostgreSQL" if shared else "SQLite"
    async with burst(tmp_path, shared, hook=way == "webhook") as made:
        made.ask(1000)
        await kill_until_answered(made, random.Random(), (1, 70), KILLS)
        figure(report(made, f"{way}, {engine}").strip())
        check(made)
        assert made.kills >= 20
