"""How long an inline query takes to be answered, from the words to the results as they are sent."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from bot.chat.inline import Shelf, begins, offer
from bot.content.loader import accept
from bot.content.search import Index
from bot.text import load_words
from tests.content.madeup import among
from tests.content.quiz import DAY

ROOT = Path(__file__).resolve().parents[2]
TYPED = (
    "c", "cor", "corridor", "aktau", "how long from china to georgia", "corridor volume 2021",
    "2023 against 2024", "zzz", "bottlenecks", "wool",
)  # fmt: skip
AIM_MS = 50.0
ROUNDS = 20


@pytest.mark.bench
@pytest.mark.parametrize("dossiers", [8, 1000])
def test_an_inline_query_is_answered_in_time(dossiers: int) -> None:
    library = among(accept(ROOT / "briefings", ROOT / "seeds"), dossiers)
    index, shelf = Index(library), Shelf(library, load_words(), DAY, "bot")
    begins(library, "warm")
    took = []
    for _ in range(ROUNDS):
        for text in TYPED:
            begun = time.perf_counter()
            found = index.ask(text, DAY)
            offered = offer(shelf, found, begins(library, text), text)
            json.dumps(offered)
            took.append((time.perf_counter() - begun) * 1000)
    took.sort()
    half, most = took[len(took) // 2], took[int(len(took) * 0.99)]
    print(f"\ninline, {dossiers} dossiers: p50 {half:.1f} ms, p99 {most:.1f} ms")
    assert most < AIM_MS
