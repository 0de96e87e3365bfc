"""The catalogue holds every sentence that is used, and none that is not."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot.text import clean, known_languages, load_words, words_for

ROOT = Path(__file__).resolve().parents[2]
KEY = re.compile(r"\"([a-z_]+(?:\.[a-z_0-9]+)+)\"")
# Keys that are put together when used: prefix to what may follow.
BUILT = ("value.", "period.in_", "status.", "fact.", "changed.", "subscribe.", "button.length_",
         "forecast.times", "fraction.", "command.", "admin.", "operate.", "privacy.", "report.",
         "settings.", "help.", "coming.", "spoken.")  # fmt: skip


def used() -> set[str]:
    return {
        key
        for path in sorted((ROOT / "bot").rglob("*.py"))
        for key in KEY.findall(path.read_text("utf-8"))
    }


def test_every_sentence_that_is_used_exists() -> None:
    known = load_words().keys
    sections = {key.partition(".")[0] for key in known}
    missing = {key for key in used() if key.partition(".")[0] in sections} - known
    assert {key for key in missing if not key.endswith((".yaml", ".py", ".txt", ".json"))} == set()


def test_every_sentence_is_used() -> None:
    idle = {key for key in load_words().keys - used() if not key.startswith(BUILT)}
    assert idle == set()


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def sentences(table: dict[str, object], prefix: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    for name, item in table.items():
        if isinstance(item, dict) and "other" in item:
            yield prefix + name, item
        elif isinstance(item, dict):
            yield from sentences(item, f"{prefix}{name}.")


def test_plural_forms_name_the_same_things_but_the_count() -> None:
    for language in known_languages():
        text = (ROOT / "bot/words" / f"{language}.toml").read_text("utf-8")
        for key, forms in sentences(tomllib.loads(text)):
            whole = placeholders(forms["other"]) | {"count"}
            assert all(placeholders(form) <= whole for form in forms.values()), key


@pytest.mark.parametrize(
    ("number", "said"),
    [("4.50", "4.50"), ("4.5", "4.5"), ("1000", "1,000"), ("0.05", "0.05"), ("12", "12")],
)
def test_digits_are_kept_as_the_source_gave_them(number: str, said: str) -> None:
    assert load_words().number(Decimal(number)) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0b0011111, "Monday to Friday"),
        (0b1111111, "every day"),
        (0b0001001, "Monday and Thursday"),
        (0b0000001, "Monday"),
    ],
)
def test_days_are_said_as_a_person_would(days: int, said: str) -> None:
    assert load_words().weekdays(days) == said


def test_an_unknown_language_reads_english() -> None:
    assert words_for("tlh").language == "en"
    assert words_for(None).language == "en"
    assert words_for("en-GB").language == "en"


def test_somebodys_words_are_made_harmless() -> None:
    assert clean("a\u202eb\x00c\n d", 20) == "abc d"
    assert clean("x" * 30, 10) == "x" * 9 + "…"
