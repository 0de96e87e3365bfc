"""Nothing that a file can hold ends in a traceback."""

from __future__ import annotations

import json
import random
import re
import shutil
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.dates import When
from bot.content.loader import Loaded, load
from bot.content.model import Dossier, Editions, Source
from bot.content.places import Keys, Word
from bot.content.prose import ProseError, Words, parse, reference, scan
from bot.content.report import write
from bot.content.shape import shape
from bot.content.tree import parse as parse_tree
from bot.content.values import Value

CORPUS = Path(__file__).parent / "corpus"
FOREIGN = ("Input should", "Value error", "pydantic", "Traceback", "Field required", "while ")

SCRAPS = st.sampled_from(
    [
        *"{}[]:,#&*!|>'\"%@`-?~\n \t",
        "- ", ": ", "\n  ", "\n    ", "- {", "}\n", "[[", "]]", "| \n", ">-\n", "---\n", "...\n",
        "<<: ", "&a ", "*a ", "!!str ", "key: ", "no", "10:30", "0x1F", "1e3", "2024", "2025-09-30",
        "dossier: corridor\n", "figures:\n", "volume:\n", "observations:\n", "{volume@2024}",
        "\u2028", "\x85", "\r\n", "\ufeff", "é", "中", "\x00", "\\x", '"\\u00e9"', "\U0001f600",
    ]
)  # fmt: skip
NODES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(["about 4.5", "15..18", "x3 of ?", "x3 of a@b", "2024", "talks.1", "mon"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=8) | st.sampled_from(["fact", "key", "title"]), inner,
                      max_size=3),
    max_leaves=6,
)  # fmt: skip


def check_problems(loaded: Loaded) -> None:
    """Every problem can be printed, stands in its file, and is told in our words."""
    for problem in loaded.problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.length >= 1
        assert problem.message
        assert problem.remedy
        assert not any(words in problem.message + problem.remedy for words in FOREIGN)
    for form in ("text", "json", "github"):
        assert write(loaded, form, Path("/")) or not loaded.problems


def check_bytes(raw: bytes) -> None:
    found = parse_tree(raw, "some.yaml")
    assert found.tree is not None or found.problems
    if found.tree is None:
        return
    for model in (Dossier, Source, Editions):
        shaped = shape(model, found.tree, {})
        assert shaped.item is not None or shaped.problems
        for problem in shaped.problems:
            assert not any(words in problem.message for words in FOREIGN)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_are_told_and_never_raise(raw: bytes) -> None:
    check_bytes(raw)


@settings(deadline=None, max_examples=300)
@given(st.lists(SCRAPS, max_size=30).map("".join))
def test_random_yaml_is_told_and_never_raises(text: str) -> None:
    check_bytes(text.encode("utf-8"))


@settings(deadline=None, max_examples=40)
@given(st.randoms(use_true_random=False), st.lists(SCRAPS, min_size=1, max_size=4).map("".join))
def test_a_scrap_anywhere_in_a_good_file_is_told_and_never_raises(
    chance: random.Random, scrap: str
) -> None:
    file = chance.choice(["briefings/corridor.yaml", "briefings/editions.yaml", "seeds/talks.yaml"])
    text = (CORPUS / file).read_text(encoding="utf-8")
    at = chance.randrange(len(text))
    check_problems(load_edited(file, (text[:at] + scrap + text[at:]).encode("utf-8")))


@settings(deadline=None, max_examples=100)
@given(st.randoms(use_true_random=False), NODES)
def test_any_value_in_any_place_is_told_in_our_words(chance: random.Random, node: object) -> None:
    file, name = chance.choice(
        [("briefings/corridor.yaml", "d"), ("briefings/trade.yaml", "d"), ("seeds/talks.yaml", "s"),
         ("briefings/editions.yaml", "e")]
    )  # fmt: skip
    tree = parse_tree((CORPUS / file).read_bytes(), name).tree
    assert tree is not None
    place = chance.choice(sorted(tree.values, key=str))
    data = plain(tree.data)
    put(data, place, node)
    loaded = load_edited(file, json.dumps(data).encode("utf-8"))
    check_problems(loaded)


@settings(deadline=None, max_examples=40)
@given(st.randoms(use_true_random=False))
def test_anything_left_out_is_told_in_our_words(chance: random.Random) -> None:
    file = chance.choice(["briefings/corridor.yaml", "briefings/trade.yaml", "seeds/talks.yaml"])
    tree = parse_tree((CORPUS / file).read_bytes(), "x").tree
    assert tree is not None
    data = plain(tree.data)
    for place in chance.sample(sorted(tree.keys, key=str), 3):
        take(data, place)
    check_problems(load_edited(file, json.dumps(data).encode("utf-8")))


def load_edited(file: str, raw: bytes) -> Loaded:
    with tempfile.TemporaryDirectory() as folder:
        desk = Path(folder) / "desk"
        shutil.copytree(CORPUS, desk)
        (desk / file).write_bytes(raw)
        return load(desk / "briefings", desk / "seeds", today=date(2026, 11, 24))


def plain(node: object) -> object:
    match node:
        case dict():
            return {key: plain(inner) for key, inner in node.items()}
        case list():
            return [plain(inner) for inner in node]
        case Word():
            return str(node)
    return node


def around(data: object, place: Keys) -> object:
    for key in place[:-1]:
        if isinstance(data, dict):
            data = data.get(key)
        elif isinstance(data, list) and isinstance(key, int):
            data = data[key]
    return data


def put(data: object, place: Keys, node: object) -> None:
    holder, last = around(data, place), place[-1]
    if isinstance(holder, list):
        assert isinstance(last, int)
        holder[last] = node
    if isinstance(holder, dict):
        holder[last] = node


def take(data: object, place: Keys) -> None:
    holder = around(data, place)
    if isinstance(holder, dict):
        holder.pop(place[-1], None)


# --- the small languages -------------------------------------------------------------------

PROSE = st.lists(
    st.sampled_from(
        ["{volume@2024}", "{on loan}", "{a.b of c}", "[[12th]]", "{", "}", "[[", "]]", "4.5", " ",
         "\n", "\n\n", "- ", "word", "½", "{x vs y}", "٣", "a1", "2024–25"]
    )
    | st.text(max_size=5),
    max_size=15,
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(PROSE)
def test_prose_is_read_or_refused_at_a_place_inside_it(text: str) -> None:
    found = scan(text, "corridor")
    for error in found.errors:
        assert 0 <= error.offset < len(text)
        assert error.length >= 1
        assert error.offset + error.length <= len(text)
    for mention in found.mentions:
        piece = text[mention.offset : mention.offset + mention.length]
        assert piece.startswith("{")
        assert piece.endswith("}")
    if found.errors:
        with pytest.raises(ProseError, match=re.escape(found.errors[0].message)):
            parse(text, "corridor")
    else:
        assert parse(text, "corridor") == found.paragraphs


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Nd", "No", "Nl", "Cs"]), max_size=40))
def test_prose_without_digits_and_signs_keeps_its_words(text: str) -> None:
    if any(sign in text for sign in "{}[]"):
        return
    told = "".join(
        span.text for part in parse(text, "x") for span in part.spans if isinstance(span, Words)
    )
    bullets = text.replace("- ", "").split()
    assert "".join(told.split()).replace("-", "") == "".join(bullets).replace("-", "")


@settings(deadline=None)
@given(st.text(max_size=20) | st.from_regex(r"[a-z.@0-9 /]{0,20}", fullmatch=True))
def test_a_reference_is_read_or_refused(text: str) -> None:
    with suppress(ProseError):
        assert reference(text, "corridor") == reference(text.strip(), "corridor")


@settings(deadline=None)
@given(st.text(max_size=20) | st.from_regex(r"(about |over |x)?[0-9.]{0,8}( of \?)?"))
def test_a_value_is_read_or_refused(text: str) -> None:
    with suppress(ValueError):
        value = Value.parse(text)
        low, high = value.bounds
        assert Value.parse(str(value)) == value
        assert low is None or high is None or low <= high


@settings(deadline=None)
@given(st.text(max_size=20) | st.from_regex(r"[0-9]{4}(-[0-9]{2}){0,2}(/([0-9-]{4,10}|\.\.))?"))
def test_a_date_is_read_or_refused(text: str) -> None:
    with suppress(ValueError):
        when = When.parse(text)
        assert When.parse(str(when)) == when
        assert when.within(when)


def test_every_character_of_a_text_is_found_in_its_line() -> None:
    for file in ("briefings/corridor.yaml", "briefings/trade.yaml"):
        tree = parse_tree((CORPUS / file).read_bytes(), file).tree
        assert tree is not None
        for keys in tree.scalars:
            text = tree.scalars[keys].text
            for offset, sign in enumerate(text):
                if sign.isspace():
                    continue
                mark = tree.within(keys, offset, 1)
                assert tree.lines[mark.line - 1][mark.column - 1] == sign
