"""From folders of YAML to a checked library: all problems of all files in one run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from bot.content.findings import Desk, Finding, Noun
from bot.content.library import Library
from bot.content.model import Dossier, Edition, Editions, Item, Questions, Source
from bot.content.names import BUILT_IN
from bot.content.places import Keys, Tree
from bot.content.rules import COMPLETE, RULES
from bot.content.shape import shape
from bot.content.tree import files_of, read
from bot.errors import ContentError, Problem

Model = TypeVar("Model", bound=Item)

EDITIONS = "editions.yaml"
QUESTIONS = "questions"
"""The folder of readers' wordings."""
_NAME = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the folders hold. `library` is None where there are errors; warnings do not count.

    `problems` are sorted by file and line; `files` is how many were read.
    """

    library: Library | None
    problems: tuple[Problem, ...]
    files: int

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.warning)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.warning)

    def with_problems(self, more: tuple[Problem, ...]) -> Loaded:
        """The same, with what was found afterwards; an error leaves no library."""
        library = self.library if all(problem.warning for problem in more) else None
        return replace(self, library=library, problems=(*self.problems, *more))


def load(
    briefings: Path,
    seeds: Path,
    *,
    today: date | None = None,
    built_in: frozenset[str] = BUILT_IN,
) -> Loaded:
    """Read, check and build; never raises for what the files hold.

    `today` lets overdue reviews be told; `built_in` are the commands no dossier can take.
    """
    reading = _Reading(today, built_in)
    for path in reading.files(seeds):
        reading.source(path)
    for path in reading.files(briefings):
        if path.name == EDITIONS:
            reading.edition_file(path)
        else:
            reading.dossier(path)
    asked = briefings / QUESTIONS
    for path in reading.files(asked) if asked.is_dir() else ():
        reading.question_file(path)
    return reading.loaded(briefings)


def accept(briefings: Path, seeds: Path) -> Library:
    """The library of two folders; raises ContentError with every mistake in them."""
    loaded = load(briefings, seeds)
    if loaded.library is None:
        raise ContentError(loaded.errors)
    return loaded.library


@dataclass
class _Reading:
    """All files of one run on their way to a library."""

    today: date | None
    built_in: frozenset[str]
    count: int = 0
    problems: list[Problem] = field(default_factory=list)
    trees: dict[tuple[Noun, str], Tree] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    editions: dict[str, Edition] = field(default_factory=dict)
    questions: dict[str, dict[str, str]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    lost: dict[tuple[Noun, str], frozenset[Keys]] = field(default_factory=dict)
    checksums: dict[str, str] = field(default_factory=dict)

    def files(self, folder: Path) -> tuple[Path, ...]:
        try:
            found = files_of(folder)
        except OSError as error:
            reason = error.strerror or "it cannot be read"
            self._tell(folder.as_posix(), f"the folder cannot be read: {reason}", "create it")
            return ()
        return found

    # --- one file --------------------------------------------------------------------------

    def source(self, path: Path) -> None:
        stem = path.stem
        stubs = {
            "source": stem, "file": "?", "sha256": "0" * 64, "title": "?", "name": "?", "day": "?",
        }  # fmt: skip
        tree = self._tree(path)
        if tree is None:
            self.broken.add(stem)
            return
        item, lost = self._shape(Source, tree, stubs)
        if item is None:
            self.broken |= {stem, str(tree.data.get("source", stem))}
            return
        self.broken |= {
            f"{item.source}.{str(keys[1]).lstrip('0')}" for keys in lost if len(keys) > 1
        }
        if ("as_of",) in lost or ("facts",) in lost:
            self.broken.add(item.source)
        if self._taken(tree, "source", item.source, stem, self.sources):
            return
        self.sources[item.source] = item
        self.trees["source", item.source] = tree
        self.lost["source", item.source] = lost
        if not {("sha256",), ("file",)} & lost:
            self._checksum(path.parent, item, tree)

    def dossier(self, path: Path) -> None:
        stem = path.stem
        name = stem if _NAME.fullmatch(stem) else "x"
        stubs = {"dossier": name, "command": name, "title": "?", "menu": "?", "lead": "?"}
        tree = self._tree(path)
        if tree is None:
            self.broken.add(stem)
            return
        item, lost = self._shape(Dossier, tree, stubs)
        if item is None:
            self.broken |= {stem, str(tree.data.get("dossier", stem))}
            return
        for keys in lost:
            if len(keys) > 1:
                self.broken.add(f"{item.dossier}.{keys[1]}")
            elif keys[0] in {"figures", "events", "trackers", "watch"}:
                self.broken.add(item.dossier)
        if self._taken(tree, "dossier", item.dossier, stem, self.dossiers):
            return
        self.dossiers[item.dossier] = item
        self.trees["dossier", item.dossier] = tree
        self.lost["dossier", item.dossier] = lost

    def edition_file(self, path: Path) -> None:
        tree = self._tree(path)
        if tree is None:
            return
        item, lost = self._shape(Editions, tree, {"editions": {}})
        if item is not None:
            self.lost["editions", ""] = lost
            self.editions = dict(item.editions)
            self.trees["editions", ""] = tree

    def question_file(self, path: Path) -> None:
        tree = self._tree(path)
        if tree is None:
            return
        item, lost = self._shape(Questions, tree, {"questions": {}})
        if item is not None:
            self.lost["questions", path.stem] = lost
            self.questions[path.stem] = dict(item.questions)
            self.trees["questions", path.stem] = tree

    def _tree(self, path: Path) -> Tree | None:
        self.count += 1
        name = path.as_posix()
        if path.suffix != ".yaml":
            self._tell(name, "a file that ends in .yml", f"name it {path.stem}.yaml")
            return None
        found = read(path, name)
        self.problems += found.problems
        return found.tree

    def _shape(
        self, model: type[Model], tree: Tree, stubs: Mapping[str, object]
    ) -> tuple[Model | None, frozenset[Keys]]:
        shaped = shape(model, tree, stubs)
        self.problems += shaped.problems
        return shaped.item, shaped.broken

    def _taken(self, tree: Tree, key: str, name: str, stem: str, others: Iterable[str]) -> bool:
        """Whether another file has this name; a file that is called otherwise is told."""
        mark = tree.mark((key,))
        if name in others:
            self.problems.append(
                tree.problem(
                    mark,
                    f"`{name}` is the name of another file's {key} too",
                    f"give one of them another name, as in `{key}: {name}_too`",
                )
            )
            return True
        if stem != name:
            self.broken.add(stem)
            self.problems.append(
                tree.problem(
                    mark,
                    f"the file is called {stem}.yaml, and holds `{name}`",
                    f"rename it to {name}.yaml, or write `{key}: {stem}`",
                )
            )
        return False

    def _checksum(self, folder: Path, item: Source, tree: Tree) -> None:
        """Hash the document where it is at hand; a card may stand without it."""
        if Path(item.file).name != item.file:
            self.problems.append(
                tree.problem(
                    tree.mark(("file",)),
                    "`file` is the name of a document in seeds/, without folders",
                    f"write `{Path(item.file).name}`",
                )
            )
            return
        try:
            with (folder / item.file).open("rb") as document:
                digest = hashlib.file_digest(document, "sha256").hexdigest()
        except OSError:
            return
        self.checksums[item.source] = digest

    # --- all files -------------------------------------------------------------------------

    def loaded(self, briefings: Path) -> Loaded:
        """Apply the rules to what was read, and build the library where nothing is wrong."""
        folder = briefings.as_posix()
        readable = not self.problems
        if readable and not self.dossiers:
            self._tell(folder, "the folder holds no dossier", "write one, such as corridor.yaml")
        if readable and not self.editions:
            self._tell(
                f"{folder}/{EDITIONS}",
                "no editions, so nobody can subscribe",
                "write `editions:` with `daily:` below it",
                warning=True,
            )
        desk = Desk(
            self._library(as_written=True),
            frozenset(self.broken),
            self.checksums,
            self.built_in,
            self.today,
            self.questions,
        )
        for rule in (*RULES, *COMPLETE) if readable else RULES:
            self.problems += filter(None, map(self._problem, rule(desk)))
        once: dict[tuple[str, int, int, str], Problem] = {}
        for problem in self.problems:
            once.setdefault((problem.file, problem.line, problem.column, problem.remedy), problem)
        problems = sorted(once.values(), key=lambda it: (it.file, it.line, it.column, it.message))
        fine = all(problem.warning for problem in problems)
        return Loaded(self._library() if fine else None, tuple(problems), self.count)

    def _library(self, *, as_written: bool = False) -> Library:
        return Library.of(
            self.sources.values(),
            self.dossiers.values(),
            self.editions,
            {text: leads for each in self.questions.values() for text, leads in each.items()},
            as_written=as_written,
        )

    def _problem(self, finding: Finding) -> Problem | None:
        """A finding at its line and column; None where a worse mistake there was told."""
        place = finding.place
        key = (place.noun, place.name)
        for lost in self.lost.get(key, ()):
            absent = finding.key and lost[: len(place.keys)] == place.keys
            if absent or place.keys[: len(lost)] == lost:
                return None
        tree = self.trees[key]
        if finding.offset is not None:
            mark = tree.within(place.keys, finding.offset, finding.length)
        else:
            mark = tree.mark(place.keys, key=finding.key)
        return tree.problem(mark, finding.message, finding.remedy, warning=finding.warning)

    def _tell(self, file: str, message: str, remedy: str, *, warning: bool = False) -> None:
        self.problems.append(Problem(file, 1, 1, message, remedy, warning=warning))
