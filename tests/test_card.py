"""The source cards against their documents, and the dossiers against the cards.

A document is not ours to publish, so it may be absent; what needs it is then skipped.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.content.library import Library
from bot.content.loader import accept
from bot.content.model import Dossier, Fact, Source

ROOT = Path(__file__).resolve().parent.parent
PLACES = (ROOT / "seeds", ROOT.parent / "shared" / "seeds")
LONGEST_RUN = 7

NAMES = (
    "Ilham Aliyev",
    "Kassym-Jomart Tokayev",
    "Nikol Pashinyan",
    "Akorda Presidential Palace",
    "Kazakhstan–Azerbaijan Supreme Intergovernmental Council",
    "Supreme Intergovernmental Council",
    "Supreme Interstate Council",
    "Organization of Turkic States",
    "Trans-Caspian International Transport Route",
    "Trans-Caspian fiber-optic cable",
    "Middle Corridor Development",
    "Middle Corridor",
    "Second Karabakh War",
    "South Caucasus",
    "Central Asia",
    "Caspian Sea",
    "Port of Aktau",
    "Samruk-Kazyna",
    "Nagorno-Karabakh",
)
"""Names that cannot be said in other words: each counts as one word of a run."""

NUMBER_WORDS = {
    2: ("second", "two", "double"),
    3: ("third", "three", "triple"),
    12: ("twelfth", "twelve"),
}
UNIT_SIGNS = {"dollars": "$", "euros": "€"}
BEFORE = {
    "about": r"about",
    "over": r"(?:over|exceeded|more than)",
    "at_most": r"(?:at most|up to)",
}


@pytest.fixture(scope="module")
def library() -> Library:
    return accept(ROOT / "briefings", ROOT / "seeds")


@pytest.fixture(scope="module")
def card(library: Library) -> Source:
    return library.source("astana-talks")


@pytest.fixture(scope="module")
def document(card: Source) -> bytes:
    for place in PLACES:
        path = place / card.file
        if path.is_file():
            return path.read_bytes()
    pytest.skip(f"the document {card.file} is not at hand")


@pytest.fixture(scope="module")
def paragraphs(document: bytes) -> dict[int, str]:
    lines = [line.strip() for line in document.decode("utf-8").splitlines()]
    return dict(enumerate(filter(None, lines), start=1))


def words(text: str) -> list[str]:
    """Small words in their order, each of NAMES as one."""
    lowered = " ".join(_plain_words(text))
    for name in NAMES:
        joined = "_".join(_plain_words(name))
        lowered = lowered.replace(" ".join(_plain_words(name)), joined)
    return lowered.split()


def _plain_words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower().replace("’", "'").replace("'", ""))


def runs(text: str) -> set[tuple[str, ...]]:
    """All runs of one word more than may be copied."""
    found, size = words(text), LONGEST_RUN + 1
    return {tuple(found[at : at + size]) for at in range(len(found) - size + 1)}


def numbers(text: str) -> list[str]:
    """Numbers as digits, without leading zeros: "15–18" gives 15 and 18."""
    return [number.lstrip("0") or "0" for number in re.findall(r"\d+(?:\.\d+)?", text)]


def said_numbers(fact: Fact) -> set[str]:
    """All numbers that a fact tells by value, period or in words."""
    told = [
        fact.says,
        fact.value.text if fact.value else "",
        fact.period.text if fact.period else "",
    ]
    spoken = {
        str(number) for number, forms in NUMBER_WORDS.items() if set(forms) & set(words(fact.says))
    }
    return {number for text in told for number in numbers(text)} | spoken


def texts(item: BaseModel) -> Iterator[str]:
    """Every text for readers in a model and below it; no aliases, no names of facts."""
    for field in type(item).model_fields:
        value = getattr(item, field)
        if isinstance(value, str) and field not in {"key", "figure", "file", "sha256"}:
            yield value
        for inner in value.values() if isinstance(value, dict) else (value,):
            for model in inner if isinstance(inner, tuple) else (inner,):
                if isinstance(model, BaseModel):
                    yield from texts(model)


def facts_named(item: BaseModel) -> Iterator[str]:
    """Every fact that a model and those below it rest on."""
    for field in type(item).model_fields:
        value = getattr(item, field)
        if field == "fact":
            yield from value
        for inner in value.values() if isinstance(value, dict) else (value,):
            for model in inner if isinstance(inner, tuple) else (inner,):
                if isinstance(model, BaseModel):
                    yield from facts_named(model)


def test_the_card_is_of_this_very_document(card: Source, document: bytes) -> None:
    assert hashlib.sha256(document).hexdigest() == card.sha256


def test_the_card_has_the_title_as_it_stands(card: Source, paragraphs: dict[int, str]) -> None:
    assert card.title == paragraphs[1]


def test_every_paragraph_is_covered_and_none_is_invented(
    card: Source, paragraphs: dict[int, str]
) -> None:
    assert {fact.paragraph for fact in card.facts.values()} == set(paragraphs)


def test_facts_are_numbered_in_the_order_of_the_document(card: Source) -> None:
    assert list(card.facts) == list(range(1, len(card.facts) + 1))
    places = [fact.paragraph for fact in card.facts.values()]
    assert all(before <= after for before, after in pairwise(places))


def test_every_number_of_the_document_stands_in_a_fact_of_its_paragraph(
    card: Source, paragraphs: dict[int, str]
) -> None:
    missing = [
        (number, place)
        for place, text in paragraphs.items()
        for number in numbers(text)
        if not any(
            number in said_numbers(fact) for fact in card.facts.values() if fact.paragraph == place
        )
    ]
    assert missing == []


def test_every_value_stands_in_its_paragraph(card: Source, paragraphs: dict[int, str]) -> None:
    invented = []
    for fact in card.facts.values():
        if fact.value is None:
            continue
        text = paragraphs[fact.paragraph]
        for number in filter(None, (fact.value.low, fact.value.high)):
            in_words = NUMBER_WORDS.get(int(number), ()) if number == int(number) else ()
            if str(number) not in numbers(text) and not set(in_words) & set(words(text)):
                invented.append((fact.key, number))
    assert invented == []


def test_a_value_is_as_sure_as_its_paragraph_and_no_surer(
    card: Source, paragraphs: dict[int, str]
) -> None:
    for fact in card.facts.values():
        if fact.value is None or fact.value.kind in {"range", "multiple"}:
            continue
        number = rf"[$€]?{re.escape(str(fact.value.low))}(?!\d|\.\d)"
        found = {
            kind
            for kind, before in BEFORE.items()
            if re.search(rf"\b{before} {number}", paragraphs[fact.paragraph])
        }
        assert found == {fact.value.kind} - {"exact"}, fact.key


def test_a_unit_stands_in_its_paragraph(card: Source, paragraphs: dict[int, str]) -> None:
    for fact in card.facts.values():
        for word in (fact.unit or "").split():
            assert UNIT_SIGNS.get(word, word) in paragraphs[fact.paragraph], fact.key


def test_whoever_a_fact_is_said_by_stands_in_its_paragraph(
    card: Source, paragraphs: dict[int, str]
) -> None:
    for fact in card.facts.values():
        for name in re.findall(r"\b[A-Z]\w+", fact.by or ""):
            assert name in paragraphs[fact.paragraph], fact.key


def test_a_period_names_a_year_of_its_paragraph_or_of_the_whole_document(
    card: Source, paragraphs: dict[int, str]
) -> None:
    for fact in card.facts.values():
        if fact.period is None:
            continue
        known = {*numbers(paragraphs[fact.paragraph]), *numbers(card.as_of.text)}
        assert set(re.findall(r"\d{4}", fact.period.text)) <= known, fact.key


def test_facts_are_told_in_our_own_words(card: Source, document: bytes) -> None:
    copied = runs(document.decode("utf-8"))
    for fact in card.facts.values():
        for text in (fact.says, fact.note or ""):
            assert not runs(text) & copied, fact.key


def test_dossiers_are_told_in_our_own_words(library: Library, document: bytes) -> None:
    copied = runs(document.decode("utf-8"))
    for dossier in library.dossiers.values():
        for text in texts(dossier):
            assert not runs(text) & copied, dossier.dossier


def test_a_quotation_stands_in_the_document(
    library: Library, card: Source, document: bytes
) -> None:
    whole = document.decode("utf-8").lower()
    for item in (card, *library.dossiers.values()):
        for text in texts(item):
            for quoted in re.findall(r"“([^”]+)”", text):
                assert " ".join(quoted.split()).lower() in whole, quoted


def test_every_figure_rests_on_facts_of_a_card(library: Library) -> None:
    for dossier in library.dossiers.values():
        for figure in dossier.figures.values():
            for observation in figure.observations:
                for fact in observation.fact:
                    assert library.fact(fact).value == observation.value


def test_every_fact_is_used_by_a_dossier(library: Library) -> None:
    used = {fact for dossier in library.dossiers.values() for fact in facts_named(dossier)}
    known = {fact.key for source in library.sources.values() for fact in source.facts.values()}
    assert known - used == set()


def test_a_dossier_has_all_that_a_reader_looks_for(library: Library) -> None:
    wanted = {"transit", "corridor", "trade", "visit", "energy", "digital", "region", "watch"}
    assert set(library.dossiers) == wanted
    for dossier in library.dossiers.values():
        assert len(dossier.sections) > 1
        assert dossier.aliases
        assert dossier.synonyms
        assert dossier.watch


def test_sections_are_neither_scraps_nor_essays(library: Library) -> None:
    def odd(dossier: Dossier) -> list[str]:
        return [
            section.key
            for section in dossier.sections.values()
            if not 40 <= len(section.text.split()) <= 150
        ]

    assert [key for dossier in library.dossiers.values() for key in odd(dossier)] == []
