"""Readers' wordings in `briefings/questions`: how they are read, checked and learnt from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.content.leads import Lead, asked_on, parse
from bot.content.library import Library
from bot.content.loader import accept, load
from bot.content.search import Index
from bot.errors import Problem

DAY = date(2026, 11, 24)


def asked(corpus: Path, *lines: str, name: str = "readers") -> Path:
    folder = corpus / "briefings" / "questions"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text("\n".join(("questions:", *(f"  {line}" for line in lines), "")), "utf-8")
    return path


def told(corpus: Path) -> list[Problem]:
    return list(load(corpus / "briefings", corpus / "seeds").problems)


def library(corpus: Path) -> Library:
    return accept(corpus / "briefings", corpus / "seeds")


def test_a_wording_leads_where_no_word_of_the_dossier_would(corpus: Path) -> None:
    words = "what can the old boats bear in a twelvemonth"
    before = Index(library(corpus)).ask(words, DAY)
    assert before.best is None
    asked(corpus, f"{words}: figure corridor.volume", "is there a pool on board: none")
    answer = Index(library(corpus)).ask(words, DAY)
    assert answer.best is not None
    assert answer.best.key == "corridor.volume"


def test_what_is_not_covered_stays_uncovered(corpus: Path) -> None:
    asked(corpus, "freight on the moon: none", "freight of the corridor: figure corridor.volume")
    assert Index(library(corpus)).ask("freight on the moon", DAY).best is None


def test_a_lead_to_nothing_is_told_at_its_line_with_what_was_meant(corpus: Path) -> None:
    path = asked(corpus, '"how much": figure corridor.volum', '"whose": none')
    (problem,) = told(corpus)
    assert (problem.file, problem.line, problem.column) == (path.as_posix(), 2, 15)
    assert problem.message == "there is no figure `corridor.volum`"
    assert problem.remedy == "write `figure corridor.volume`"


@pytest.mark.parametrize(
    "lead", ["corridor.volume", "figure", "none corridor", "poem corridor", "|"]
)
def test_what_answers_nothing_is_told(corpus: Path, lead: str) -> None:
    asked(corpus, f'"how much": "{lead}"')
    (problem,) = told(corpus)
    assert "is nothing that answers" in problem.message
    assert "`figure corridor.volume`" in problem.remedy


def test_a_day_that_does_not_exist_is_told(corpus: Path) -> None:
    asked(corpus, '"how much [2025-02-31]": none')
    assert len(told(corpus)) == 1


def test_a_wording_in_two_files_is_a_warning(corpus: Path) -> None:
    asked(corpus, '"how much": none', name="one")
    asked(corpus, '"How  much": none', name="two")
    (problem,) = told(corpus)
    assert problem.warning
    assert problem.message == '"How  much" stands in one.yaml too'


def test_a_library_keeps_its_wordings_as_text(corpus: Path) -> None:
    asked(corpus, '"how much": figure corridor.volume')
    found = library(corpus)
    assert Library.from_json(found.to_json()).questions == {"how much": "figure corridor.volume"}


def test_wordings_of_a_dossier_under_embargo_are_left_out_with_it(corpus: Path) -> None:
    asked(corpus, '"how much": figure corridor.volume', '"a deal": dossier trade', '"x": none')
    path = corpus / "briefings" / "trade.yaml"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("command: trade\n", "command: trade\nembargo: 2026-01-12T09:00+04:00\n"),
        "utf-8",
    )
    seen = library(corpus).visible(datetime(2026, 1, 1, tzinfo=UTC))
    assert set(seen.questions) == {"how much", "x"}


def test_leads_are_read_whole() -> None:
    assert parse("comparison a.b@2024 vs 2023 | section a.b#2 | none") == (
        Lead("comparison", "a.b", "2024", "2023"),
        Lead("section", "a.b", paragraph=1),
        Lead("none"),
    )
    assert asked_on("last year [2025-11-25]", DAY) == ("last year", date(2025, 11, 25))
    assert asked_on("last year", DAY) == ("last year", DAY)
