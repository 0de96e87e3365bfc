"""What the words of wordings speak for."""

from __future__ import annotations

import pytest

from bot.content.bayes import NOBODY, Bayes

PORT, TRADE = 1, 2
told = Bayes(
    [
        ({"ship", "port"}, {"ship port"}, [PORT]),
        ({"port", "loan"}, {"port loan"}, [PORT, TRADE]),
        ({"trade", "goal"}, {"trade goal"}, [TRADE]),
        ({"weather"}, set(), []),
    ]
)


def test_a_word_speaks_for_what_was_asked_by_it() -> None:
    voice = told.hear({"ship"}, set())
    assert voice.of(PORT)[0] == 0.0
    assert voice.of(PORT)[1] > 0.9
    assert voice.of(TRADE)[1] < 0.1


def test_what_nobody_answers_is_a_voice_of_its_own() -> None:
    assert told.hear({"weather"}, set()).of(NOBODY)[0] == 0.0
    assert told.hear({"weather"}, set()).of(PORT)[1] < told.hear({"port"}, set()).of(PORT)[1]


def test_the_chances_of_all_are_one_and_evened_out_the_likeliest_has_less() -> None:
    voice = told.hear({"port"}, {"port loan"})
    assert sum(voice.plain.values()) == pytest.approx(1.0)
    assert sum(voice.even.values()) == pytest.approx(1.0)
    assert max(voice.even.values()) < max(voice.plain.values())


def test_words_that_were_never_heard_leave_what_is_asked_most() -> None:
    assert told.hear({"zebra"}, {"zebra crossing"}) == told.hear(set(), set())


def test_where_nothing_was_learnt_nothing_speaks() -> None:
    voice = Bayes([]).hear({"port"}, set())
    assert voice.of(PORT)[1:] == (0.0, 0.0)
