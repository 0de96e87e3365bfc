"""10,000 messages to a strict 30 in any second, by one and by four processes, in real time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench.bench_limit import MANY, send_in_a_town, send_within_the_limit
from tests.bench.conftest import durable_server, durable_url

__all__ = ["durable_server", "durable_url"]


@pytest.mark.soak
@pytest.mark.parametrize("workers", [1, 4])
async def test_ten_thousand_messages_and_none_is_refused(
    tmp_path: Path, durable_url: str, workers: int, figure: Callable[[str], None]
) -> None:
    figure(await send_within_the_limit(tmp_path, durable_url, workers, MANY))


@pytest.mark.soak
async def test_ten_thousand_messages_in_a_towns_own_time(tmp_path: Path) -> None:
    await send_in_a_town(tmp_path, MANY)
