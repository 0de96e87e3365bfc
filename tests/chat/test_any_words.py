"""Whatever a reader writes or sends: an answer that Telegram takes, and never a failure of ours."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as some

from bot.chat.routes import COMMANDS, PRESSES
from tests.cast import Actor, Town

ALLOWED = ("is not modified", "message can't be edited", "no text in the message to edit")
"""Refusals that do no harm: the same press twice; a press under a file, answered anew."""
SCRAPS = (
    "corridor", "volume", "transit", "aktau", "loan", "armenia", "2023", "2024", "1999",
    "last year", "q1 2024", "2025-13-45", "daily", "weekly", "alerts", "08:30", "25:99",
    "mon;thu", "mon-sun",
    "Almaty", "Springfield", "Asia/Almaty", "Asia/Nowhere", "7d", "0d", "off", "against",
    "how much", "who", "why", "compare", "sub-", "d-", "f-corridor-volume", "s-", "/", "//", "@",
    ":", "!", "-", "<b>", "</b>", "&amp;", "&#0;", "<a href='x'>", "*_`[]()", "{volume@2024}",
    "[[", "%s", "{0}", "\\n", "\n", "\t", " ", "\u00a0", "\u202e", "\u200d", "\u2028", "\ufeff",
    "e\u0301", "\u0130", "\u00df", "\u0410\u043a\u0442\u0430\u0443", "\u05d0\u05d1\u05d2",
    "\u4e2d\u6587", "\ufdfa", "\u0e40\u0e01", "\U0001f1f0\U0001f1ff",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "0", "-1", "9" * 30, "\u0663", "\u00b2",
    "x" * 300, "'; DROP TABLE chats; --", "null", "NaN", "1e9", "../../etc", "$(id)",
)  # fmt: skip
LONGEST = 4096
DATA = 64
SOAK = settings.get_current_profile_name() == "soak"
COMMAND = some.sampled_from([f"/{item.name} " for item in COMMANDS] + ["/corridor ", "/x ", "", ""])
PIECES = some.lists(some.sampled_from(SCRAPS) | some.text(max_size=12), min_size=1, max_size=8)
TYPED = some.builds(
    # A full stop is seen by everybody: Telegram takes no message of blanks alone.
    lambda command, words: f"{command}{words}"[: LONGEST - 1].strip() + ".",
    COMMAND,
    some.text(max_size=400) | some.builds(str.join, some.sampled_from(["", " "]), PIECES),
)


def any_words(chance: random.Random) -> str:
    """Words that a person can send: not blank, at most 4096 characters."""
    pieces = chance.choices(SCRAPS, k=chance.randint(1, 6))
    if chance.random() < 0.4:
        pieces += [_sign(chance) for _ in range(chance.randint(1, 12))]
    chance.shuffle(pieces)
    text = chance.choice(("", " ", " ")).join(pieces)
    if chance.random() < 0.03:
        text *= 200
    return text[: LONGEST - 1].strip() + "."


def _sign(chance: random.Random) -> str:
    """Any character but half a surrogate pair."""
    code = chance.randrange(0x110000 - 0x800)
    return chr(code if code < 0xD800 else code + 0x800)


def any_data(chance: random.Random) -> str:
    """What a forged button sends: 1 to 64 bytes, as a rule of one of our verbs."""
    verb = chance.choice((*PRESSES, "x", "", "@1", "@"))
    parts = [chance.choice((*SCRAPS, "corridor.volume", "1", "480", "*", "short", "full"))
             for _ in range(chance.randint(0, 3))]  # fmt: skip
    raw = ":".join((verb + chance.choice(("", "", "!")), *parts)).encode()[:DATA]
    return raw.decode(errors="ignore") or "x"


class Watch:
    """Remembers what Telegram refused, and of which call."""

    def __init__(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refused: list[str] = []
        self.method: str = ""
        post = town.line.post

        async def watched(
            method: str,
            params: Mapping[str, object],
            files: Mapping[str, tuple[str, bytes, str]] | None,
            timeout: float,
        ) -> tuple[int, bytes]:
            status, body = await post(method, params, files, timeout)
            if status != 200:
                said = str(json.loads(body).get("description"))
                if not any(words in said for words in ALLOWED):
                    self.refused.append(f"{method}: {said}: {str(params)[:600]}")
            return status, body

        monkeypatch.setattr(town.line, "post", watched)


async def try_one(ada: Actor, chance: random.Random) -> str:
    """One thing that a reader may do; what it was."""
    words = any_words(chance)
    match chance.randrange(6):
        case 0:
            await ada.says(words)
        case 1 | 2:
            names = [item.name for item in COMMANDS if not item.for_admins]
            words = f"/{chance.choice((*names, 'corridor', 'watch', 'nothing'))} {words}"[:LONGEST]
            await ada.says(words)
        case 3:
            words = any_data(chance)
            await ada.forges(words)
        case 4:
            # In answer to whatever stands there, a question of ours among it.
            await ada.says(words, to=chance.choice(ada.told()[-4:]))
        case _:
            kept = [char for char in words if char.isascii() and (char.isalnum() or char in "_-")]
            words = "".join(kept)[:64]
            await ada.starts(words)
    return words


async def try_all(town: Town, seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = town.ada
    await town.ed.starts()
    await ada.starts()
    watch = Watch(town, monkeypatch)
    failed = town.app.desk.composer.words("en")("unknown.failed")
    for seed in seeds:
        before = len(ada.told())
        tried = await try_one(ada, random.Random(seed))
        assert watch.refused == [], (seed, tried)
        assert all(failed not in item.text for item in ada.told()[before:]), (seed, tried)
        await town.clock.leap(5)
    assert await town.rows("SELECT error FROM inbox WHERE state = 'bad'") == []


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_hundreds_of_random_words_are_answered(
    town: Town, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    await try_all(town, range(part * 100, part * 100 + 100), monkeypatch)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(20))
async def test_ten_thousand_random_words_are_answered(
    town: Town, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    await try_all(town, range(part * 500, part * 500 + 500), monkeypatch)


@settings(
    max_examples=10_000 if SOAK else 150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(words=TYPED, is_reply=some.booleans())
async def test_whatever_is_typed_gets_an_answer_that_telegram_takes(
    town: Town, words: str, is_reply: bool
) -> None:
    # What is meant for another bot is left to it.
    assume(not re.match(r"/\w+@", words))
    ada = town.ada
    if not ada.told():
        await town.ed.starts()
        await ada.starts()
    with pytest.MonkeyPatch.context() as patch:
        watch = Watch(town, patch)
        before, last = len(ada.told()), ada.last()
        await ada.says(words, to=last if is_reply else None)
    assert watch.refused == []
    assert len(ada.told()) > before, "no answer"
    failed = town.app.desk.composer.words("en")("unknown.failed")
    assert all(failed not in item.text for item in ada.told()[before:])
    assert await town.rows("SELECT error FROM inbox WHERE state = 'bad'") == []
    # Nobody scrolls through ten thousand messages.
    held = town.world.private(ada.person).messages
    for number in list(held)[:-20]:
        del held[number]
    await town.clock.leap(5)
