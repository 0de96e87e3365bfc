"""What `check` prints: for a person, for a program, for a build's annotations."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Literal

from bot.content.loader import Loaded
from bot.errors import Problem

Format = Literal["text", "json", "github"]

_WIDTH = 96
_BEFORE = 40


def write(loaded: Loaded, form: Format, root: Path) -> str:
    """All problems of a run; files are named as seen from `root`.

    `text` shows each line with carets and what to write, and closes with a count. `json` is a
    list of objects. `github` is one annotation a line.
    """
    problems = tuple(
        replace(problem, file=_seen_from(root, problem.file)) for problem in loaded.problems
    )
    if form == "json":
        listed = [asdict(problem) for problem in problems]
        return json.dumps(listed, ensure_ascii=False, indent=2) + "\n"
    if form == "github":
        return "".join(f"{_annotation(problem)}\n" for problem in problems)
    parts = [f"{explain(problem)}\n\n" for problem in problems]
    return "".join(parts) + summary(loaded) + "\n"


def explain(problem: Problem) -> str:
    """One problem: where and what, the line with carets, what to write."""
    kind = "warning: " if problem.warning else ""
    lines = [f"{problem.file}:{problem.line}:{problem.column}: {kind}{problem.message}"]
    if problem.excerpt.strip():
        excerpt, start, length = _window(problem)
        lines += [f"    {excerpt}", f"    {' ' * start}{'^' * length}"]
    if problem.remedy:
        lines.append(f"  {problem.remedy}")
    return "\n".join(lines)


def summary(loaded: Loaded) -> str:
    """`2 errors in 1 file; 7 files are fine. Nothing was published.`"""
    warnings = len(loaded.warnings)
    wrong = {problem.file for problem in loaded.errors}
    fine = max(loaded.files - len(wrong), 0)
    parts = []
    if loaded.errors:
        parts.append(f"{_count(len(loaded.errors), 'error')} in {_count(len(wrong), 'file')}")
    if fine or not parts:
        parts.append(f"{_count(fine, 'file')} {'is' if fine == 1 else 'are'} fine")
    if warnings:
        parts.append(_count(warnings, "warning"))
    closing = " Nothing was published." if loaded.errors else ""
    return f"{'; '.join(parts)}.{closing}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _window(problem: Problem) -> tuple[str, int, int]:
    """The line without its indentation, cut around the carets where it is long."""
    line = problem.excerpt.rstrip()
    indent = min(len(line) - len(line.lstrip()), problem.column - 1)
    text, start = line[indent:], problem.column - 1 - indent
    before = after = ""
    if start > _WIDTH - _BEFORE // 2:
        text, start, before = text[start - _BEFORE :], _BEFORE, "…"
    if len(text) > _WIDTH:
        text, after = text[:_WIDTH], "…"
    room = max(len(text) - start, 1)
    length = max(1, min(problem.length, room))
    return f"{before}{text}{after}", start + len(before), length


def _annotation(problem: Problem) -> str:
    level = "warning" if problem.warning else "error"
    place = (
        f"file={_property(problem.file)},line={problem.line},col={problem.column},"
        f"endColumn={problem.column + problem.length}"
    )
    text = f"{problem.message}. {problem.remedy}" if problem.remedy else problem.message
    return f"::{level} {place}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _seen_from(root: Path, file: str) -> str:
    path = Path(file)
    for base in (root, root.resolve()):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return file
