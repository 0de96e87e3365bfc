from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from bot.content.loader import accept, load
from bot.errors import ContentError, Problem


def edit(corpus: Path, file: str, *edits: tuple[str, str]) -> None:
    path = corpus / file
    text = path.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def told(corpus: Path, today: date | None = None) -> list[Problem]:
    return list(load(corpus / "briefings", corpus / "seeds", today=today).problems)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    loaded = load(tmp_path / "briefings", tmp_path / "seeds")
    assert loaded.library is None
    assert [problem.file for problem in loaded.problems] == [
        (tmp_path / "briefings").as_posix(),
        (tmp_path / "seeds").as_posix(),
    ]


def test_a_folder_without_dossiers_is_told(corpus: Path) -> None:
    for path in (corpus / "briefings").iterdir():
        path.unlink()
    problems = told(corpus)
    assert "the folder holds no dossier" in {problem.message for problem in problems}


def test_missing_editions_are_a_warning(corpus: Path) -> None:
    (corpus / "briefings" / "editions.yaml").unlink()
    loaded = load(corpus / "briefings", corpus / "seeds")
    assert [problem.warning for problem in loaded.problems] == [True]
    assert loaded.library is not None


def test_a_file_that_ends_in_yml_is_told(corpus: Path) -> None:
    (corpus / "briefings" / "more.yml").write_text("dossier: more\n", encoding="utf-8")
    (problem,) = told(corpus)
    assert problem.remedy == "name it more.yaml"


def test_hidden_files_and_other_files_are_left_alone(corpus: Path) -> None:
    (corpus / "briefings" / ".corridor.yaml.swp").write_text("{", encoding="utf-8")
    (corpus / "briefings" / ".hidden.yaml").write_text("{", encoding="utf-8")
    (corpus / "briefings" / "notes.txt").write_text("{", encoding="utf-8")
    (corpus / "briefings" / "ru").mkdir()
    assert told(corpus) == []


def test_a_folder_called_like_a_file_is_told(corpus: Path) -> None:
    (corpus / "briefings" / "odd.yaml").mkdir()
    (problem,) = told(corpus)
    assert problem.message == "the file cannot be read: Is a directory"


def test_two_files_for_one_dossier_are_told(corpus: Path) -> None:
    text = (corpus / "briefings" / "trade.yaml").read_text(encoding="utf-8")
    (corpus / "briefings" / "zebra.yaml").write_text(text, encoding="utf-8")
    (problem,) = told(corpus)
    assert problem.file.endswith("zebra.yaml")
    assert problem.message == "`trade` is the name of another file's dossier too"


def test_a_card_stands_without_its_document_at_hand(corpus: Path) -> None:
    (corpus / "seeds" / "talks.txt").unlink()
    assert told(corpus) == []


def test_a_changed_document_is_told_with_its_checksum(corpus: Path) -> None:
    document = corpus / "seeds" / "talks.txt"
    document.write_text("Another text.", encoding="utf-8")
    (problem,) = told(corpus)
    assert problem.message == "the checksum is not that of talks.txt"
    assert hashlib.sha256(document.read_bytes()).hexdigest() in problem.remedy


def test_windows_line_ends_and_a_byte_order_mark_are_taken(corpus: Path) -> None:
    path = corpus / "briefings" / "trade.yaml"
    text = path.read_text(encoding="utf-8")
    plain = accept(corpus / "briefings", corpus / "seeds")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode("utf-8"))
    assert accept(corpus / "briefings", corpus / "seeds").hash == plain.hash
    edit_bytes = path.read_bytes().replace(b"The report is silent.", b"It is 5 days silent.")
    path.write_bytes(edit_bytes)
    (problem,) = told(corpus)
    assert (problem.line, problem.column) == (36, 21)


def test_all_mistakes_of_all_files_are_told_in_one_run(corpus: Path) -> None:
    edit(
        corpus,
        "briefings/corridor.yaml",
        ("review_by", "reviewby"),
        ("Ports are small", "Ports take 4.5 million"),
        ("value: 4.5", "value: 4.6"),
        ("title: Bottlenecks", "title: no"),
    )
    edit(corpus, "briefings/trade.yaml", ("talks.8\n", "talks.80\n"), ("menu: Trade", "menus: T"))
    edit(corpus, "briefings/editions.yaml", ("trade.ban", "trade.bann"))
    edit(corpus, "seeds/talks.yaml", ("kind: forecast", "kind: fourcast"))
    places = [(Path(it.file).name, it.line) for it in told(corpus)]
    assert places == [
        ("corridor.yaml", 17),
        ("corridor.yaml", 20),
        ("corridor.yaml", 40),
        ("corridor.yaml", 46),
        ("editions.yaml", 10),
        ("trade.yaml", 4),
        ("trade.yaml", 41),
        ("talks.yaml", 32),
    ]


def test_references_to_a_file_that_cannot_be_read_are_not_told_again(corpus: Path) -> None:
    (corpus / "seeds" / "talks.yaml").write_text("a: b: c\n", encoding="utf-8")
    (problem,) = told(corpus)
    assert problem.file.endswith("talks.yaml")


def test_a_figure_with_a_mistake_of_shape_is_not_told_as_missing(corpus: Path) -> None:
    edit(corpus, "briefings/corridor.yaml", ("unit: million tons", "unit: [million tons]"))
    (problem,) = told(corpus)
    assert problem.message == "`unit` is not a unit"


def test_a_multiple_needs_a_base_that_is_there(corpus: Path) -> None:
    edit(corpus, "seeds/talks.yaml", ("x3 of ?", "x3 of corridor.volume@2024"))
    edit(corpus, "briefings/corridor.yaml", ("x3 of ?", "x3 of volum@2024"))
    (problem,) = told(corpus)
    assert problem.message == "there is no figure `volum`"
    assert problem.remedy == "write `volume`"
    edit(corpus, "briefings/corridor.yaml", ("x3 of volum@2024", "x3 of volume@2021"))
    (problem,) = told(corpus)
    assert problem.message == "`volume` has no observation for 2021"
    edit(corpus, "briefings/corridor.yaml", ("x3 of volume@2021", "x3 of volume@2024"))
    assert told(corpus) == []


def test_a_multiple_of_a_multiple_is_told(corpus: Path) -> None:
    edit(corpus, "seeds/talks.yaml", ("x3 of ?", "x3 of corridor.volume@2024"))
    edit(corpus, "briefings/corridor.yaml", ("x3 of ?", "x3 of forecast@2030"))
    (problem,) = told(corpus)
    assert problem.message == "`forecast@2030` is a multiple itself"


def test_a_change_that_cannot_be_worked_out_is_told(corpus: Path) -> None:
    edit(corpus, "seeds/talks.yaml", ("value: about 2.7", "value: 2..3"))
    edit(corpus, "briefings/corridor.yaml", ("value: about 2.7", "value: 2..3"))
    messages = {problem.message for problem in told(corpus)}
    assert messages == {"the change from 2..3 to 4.5 cannot be worked out"}


def test_a_review_is_overdue_after_the_last_day_of_its_month(corpus: Path) -> None:
    assert told(corpus, date(2027, 3, 31)) == []
    (problem,) = told(corpus, date(2027, 4, 1))
    assert problem.warning
    assert problem.message == "`volume` was due for review by 2027-03"
    assert told(corpus) == []


def test_a_reference_must_not_outrun_an_embargo(corpus: Path) -> None:
    edit(
        corpus,
        "briefings/corridor.yaml",
        ("command: corridor\n", "command: corridor\nembargo: 2026-01-12T09:00+04:00\n"),
    )
    (problem,) = told(corpus)
    assert problem.message == "`corridor` is held back longer than this text"
    edit(
        corpus,
        "briefings/trade.yaml",
        ("command: trade\n", "command: trade\nembargo: 2026-01-12T09:00+04:00\n"),
    )
    assert told(corpus) == []


def test_the_built_in_commands_are_a_parameter(corpus: Path) -> None:
    loaded = load(corpus / "briefings", corpus / "seeds", built_in=frozenset({"trade"}))
    assert {problem.message for problem in loaded.problems} == {
        "`trade` is a command of the program itself"
    }


def test_accept_raises_with_the_errors_and_leaves_the_warnings_out(corpus: Path) -> None:
    edit(
        corpus,
        "briefings/corridor.yaml",
        ("Ports are small", "Ports take 3 days"),
        (", status: forecast", ""),
    )
    with pytest.raises(ContentError) as caught:
        accept(corpus / "briefings", corpus / "seeds")
    assert [problem.warning for problem in caught.value.problems] == [False]
    assert "corridor.yaml:46:20: a number typed into prose" in str(caught.value)


def test_thirty_thousand_brackets_do_not_end_the_process(corpus: Path) -> None:
    path = corpus / "briefings" / "corridor.yaml"
    path.write_text("a: " + "[" * 30_000 + "]" * 30_000, encoding="utf-8")
    assert "nested more than 32 levels deep" in {problem.message for problem in told(corpus)}
