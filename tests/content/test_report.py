from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.content.loader import Loaded, load
from bot.content.report import explain, summary, write
from bot.errors import Problem

GOLDEN = """\
briefings/corridor.yaml:17:5: `reviewby` is not known in a figure
    reviewby: 2027-03
    ^^^^^^^^
  write `review_by`

briefings/corridor.yaml:20:31: `volume` for 2024 says 4.6, fact talks.2 says 4.5
    - {period: 2024, value: 4.6, fact: talks.2}
                            ^^^
  write `4.5`, or name the fact that says 4.6

briefings/corridor.yaml:46:20: a number typed into prose: "15–18"
    - Ports take 15–18 days.
                 ^^^^^
  write {transit_time@2025}, or [[15–18]] if it is no figure

briefings/trade.yaml:5:47: there is no figure `gaol`
    lead: "Trade was {turnover} in the last year: {turnover of gaol} of the goal."
                                                  ^^^^^^^^^^^^^^^^^^
  write `goal`

4 errors in 2 files; 2 files are fine. Nothing was published.
"""


def planted(corpus: Path) -> Loaded:
    path = corpus / "briefings" / "corridor.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("4.5", "4.6")
        .replace("review_by", "reviewby")
        .replace("Ports are small", "Ports take 15–18 days"),
        encoding="utf-8",
    )
    path = corpus / "briefings" / "trade.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("turnover of goal} of", "turnover of gaol} of"), encoding="utf-8")
    return load(corpus / "briefings", corpus / "seeds", today=date(2026, 11, 24))


def test_a_person_sees_each_line_with_carets_and_what_to_write(corpus: Path) -> None:
    assert write(planted(corpus), "text", corpus) == GOLDEN


def test_a_program_gets_a_list_of_objects(corpus: Path) -> None:
    loaded = planted(corpus)
    listed = json.loads(write(loaded, "json", corpus))
    assert [(it["file"], it["line"], it["column"]) for it in listed] == [
        ("briefings/corridor.yaml", 17, 5),
        ("briefings/corridor.yaml", 20, 31),
        ("briefings/corridor.yaml", 46, 20),
        ("briefings/trade.yaml", 5, 47),
    ]
    assert [Problem(**{**it, "file": "x"}) for it in listed] == [
        replace(problem, file="x") for problem in loaded.problems
    ]


def test_a_build_gets_annotations(corpus: Path) -> None:
    lines = write(planted(corpus), "github", corpus).splitlines()
    assert lines[1] == (
        "::error file=briefings/corridor.yaml,line=20,col=31,endColumn=34::"
        "`volume` for 2024 says 4.6, fact talks.2 says 4.5. "
        "write `4.5`, or name the fact that says 4.6"
    )
    odd = Problem("a,b:c%.yaml", 1, 2, "100% wrong\nhere", warning=True)
    assert write(Loaded(None, (odd,), 1), "github", corpus) == (
        "::warning file=a%2Cb%3Ac%25.yaml,line=1,col=2,endColumn=3::100%25 wrong%0Ahere\n"
    )


def test_good_files_are_counted(corpus: Path) -> None:
    loaded = load(corpus / "briefings", corpus / "seeds")
    assert write(loaded, "text", corpus) == "4 files are fine.\n"
    assert write(loaded, "json", corpus) == "[]\n"
    assert write(loaded, "github", corpus) == ""


def test_the_closing_line_counts_in_words() -> None:
    error = Problem("a.yaml", 1, 1, "wrong")
    doubt = Problem("b.yaml", 1, 1, "doubtful", warning=True)
    assert summary(Loaded(None, (error, error), 8)) == (
        "2 errors in 1 file; 7 files are fine. Nothing was published."
    )
    assert summary(Loaded(None, (error,), 2)) == (
        "1 error in 1 file; 1 file is fine. Nothing was published."
    )
    assert summary(Loaded(None, (error, doubt), 1)) == (
        "1 error in 1 file; 1 warning. Nothing was published."
    )
    assert summary(Loaded(None, (doubt,), 9)) == "9 files are fine; 1 warning."


def test_a_long_line_is_cut_around_its_carets() -> None:
    line = "  text: " + "word " * 60 + "4.5" + " word" * 60
    at = line.index("4.5") + 1
    first, excerpt, carets, remedy = explain(
        Problem("a.yaml", 7, at, "a number", "mark it", line, 3)
    ).splitlines()
    assert first == f"a.yaml:7:{at}: a number"
    assert len(excerpt) < 110
    start = carets.index("^")
    assert excerpt[start : start + 3] == "4.5"
    assert carets.count("^") == 3
    assert remedy == "  mark it"


def test_carets_stay_on_their_line() -> None:
    shown = explain(Problem("a.yaml", 1, 3, "odd", "", "  abc", 400)).splitlines()
    assert shown == ["a.yaml:1:3: odd", "    abc", "    ^^^"]
