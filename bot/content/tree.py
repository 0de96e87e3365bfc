"""A YAML file as plain data, with the place of each value and key.

Only a small and unsurprising part of YAML is taken: mappings, lists and scalars. Aliases, tags,
merge keys, several documents, tabs and deep nesting are refused, and a plain scalar that YAML
readers disagree about (`no`, `10:30`, `1e3`) is kept apart as a `Word`, so that nobody takes it
for text or for a number by accident.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import yaml

from bot.content.places import LINE_BREAK, Keys, Mark, Scalar, Tree, Word, position
from bot.content.syntax import UNREADABLE, explain
from bot.errors import Problem

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32

_FORBIDDEN = re.compile(
    r"[^\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_TRUTH = re.compile(r"(?i:yes|no|on|off|true|false)")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(
    r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+"
    r"|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)"
)
_BASE_60 = re.compile(r"[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?")
_EMPTY = frozenset({"", "~", "null", "Null", "NULL"})


class _Point(Protocol):
    """Where the parser is: line and column from 0."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Read:
    """What reading a file gave: a tree where there is one, and what was wrong."""

    tree: Tree | None
    problems: tuple[Problem, ...]


def read(path: Path, name: str) -> Read:
    """Read a file; `name` is how problems call it. Never raises for what a file holds."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        return _refuse(name, f"the file cannot be read: {reason}", "check its name and rights")
    return _parsed(raw, name)


@lru_cache(maxsize=64)
def _parsed(raw: bytes, name: str) -> Read:
    """A file that is as it was is not read again: a reload is for what has changed."""
    return parse(raw, name)


def parse(raw: bytes, name: str) -> Read:
    """Turn a file's bytes into a tree; every mistake found is told with its place."""
    if len(raw) > MAX_BYTES:
        return _refuse(name, "the file is larger than 1 MiB", "split it into several dossiers")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8", "replace")
        lines = LINE_BREAK.split(good)
        return _refuse(
            name,
            f"the byte {raw[error.start]:#04x} is not UTF-8",
            "save the file as UTF-8",
            Mark(len(lines), len(lines[-1]) + 1, 1),
        )
    return _Reading(name, text).tree()


def _refuse(name: str, message: str, remedy: str, mark: Mark | None = None) -> Read:
    place = mark or Mark(1, 1, 1)
    return Read(None, (Problem(name, place.line, place.column, message, remedy),))


@dataclass
class _Reading:
    """One file on its way from text to tree."""

    name: str
    text: str
    values: dict[Keys, Mark] = field(default_factory=dict)
    keys: dict[Keys, Mark] = field(default_factory=dict)
    scalars: dict[Keys, Scalar] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lines = tuple(LINE_BREAK.split(self.text))

    def tree(self) -> Read:
        self._check_characters()
        if not self.problems:
            self._check_events()
        if self.problems:
            return Read(None, tuple(self.problems))
        root = yaml.compose(self.text, Loader=yaml.CSafeLoader)
        if root is None or (isinstance(root, yaml.ScalarNode) and _is_empty(root)):
            self._tell(Mark(1, 1, 1), "the file is empty", "write a dossier, or remove the file")
            return Read(None, tuple(self.problems))
        if not isinstance(root, yaml.MappingNode):
            self._tell(
                self._span(root),
                "the file does not hold a mapping",
                "start it with `name: value` lines",
            )
            return Read(None, tuple(self.problems))
        data = self._mapping(root, ())
        tree = Tree(self.name, self.text, self.lines, data, self.values, self.keys, self.scalars)
        return Read(tree, tuple(self.problems))

    # --- before composing ------------------------------------------------------------------

    def _check_characters(self) -> None:
        found = _FORBIDDEN.search(self.text)
        if found is None:
            return
        line, column = position(self.text, found.start())
        if found.group() == "\t":
            more = sum("\t" in text for text in self.lines) - 1
            also = f" (and in {more} more line{'s' if more > 1 else ''})" if more else ""
            self._tell(Mark(line, column, 1), f"a tab{also}", "write spaces")
        else:
            code = f"U+{ord(found.group()):04X}"
            self._tell(Mark(line, column, 1), f"an invisible character {code}", "remove it")

    def _check_events(self) -> None:
        """Depth is counted here: composing 30,000 nested brackets ends the process."""
        depth = documents = 0
        try:
            for event in yaml.parse(self.text, Loader=yaml.CSafeLoader):
                if isinstance(event, yaml.CollectionStartEvent):
                    depth += 1
                    if depth > MAX_DEPTH:
                        self._tell(
                            self.at(event.start_mark),
                            f"nested more than {MAX_DEPTH} levels deep",
                            "a dossier needs fewer than ten; close the brackets",
                        )
                        return
                elif isinstance(event, yaml.CollectionEndEvent):
                    depth -= 1
                elif isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        self._tell(
                            self.at(event.start_mark, 3),
                            "a second document starts in this file",
                            "remove the line `---`, or move what follows into a file of its own",
                        )
                        return
                self._check_extras(event)
        except yaml.YAMLError as error:
            self._tell(*_explain(error, self))

    def _check_extras(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            name = event.anchor or ""
            self._tell(
                self.at(event.start_mark, len(name) + 1),
                f"`*{name}` repeats another place; aliases are not used",
                "write the words out",
            )
            return
        if not isinstance(event, yaml.NodeEvent):
            return
        if event.anchor is not None:
            self._tell(
                self.at(event.start_mark, len(event.anchor) + 1),
                f"`&{event.anchor}` marks a place to repeat; anchors are not used",
                f"remove `&{event.anchor}`; text that starts with & needs quotes",
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            short = tag.replace("tag:yaml.org,2002:", "!!")
            self._tell(
                self.at(event.start_mark, len(short)),
                f"`{short}` is a tag; tags are not used",
                f"remove `{short}`; text that starts with ! needs quotes",
            )

    # --- composed nodes to data ------------------------------------------------------------

    def _mapping(self, node: yaml.MappingNode, keys: Keys) -> dict[str, object]:
        data: dict[str, object] = {}
        for key_node, value_node in node.value:
            span = self._span(key_node)
            if not isinstance(key_node, yaml.ScalarNode) or key_node.value == "":
                self._tell(span, "a key that is not a word", _bracket_remedy(self, key_node))
                continue
            name = key_node.value
            self._check_escaped(name, span)
            if name == "<<" and not key_node.style:
                self._tell(span, "`<<` merges another place; this is not used", "write it out")
                continue
            here = (*keys, name)
            if name in data:
                first = self.keys[here].line
                self._tell(
                    span,
                    f"`{name}` is given twice; it stands in line {first} too",
                    "keep one of them",
                )
                continue
            self.keys[here] = span
            data[name] = self._value(value_node, here)
        return data

    def _value(self, node: yaml.Node, keys: Keys) -> object:
        self.values[keys] = self._span(node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, keys)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*keys, n)) for n, item in enumerate(node.value)]
        text = str(node.value)
        self._check_escaped(text, self.values[keys])
        style = getattr(node, "style", None) or ""
        self.scalars[keys] = Scalar(text, style, node.start_mark.index, node.end_mark.index)
        return text if style else _plain(text)

    def _check_escaped(self, text: str, span: Mark) -> None:
        found = _FORBIDDEN.search(text)
        if found is not None:
            code = f"U+{ord(found.group()):04X}"
            self._tell(span, f"the escape for an invisible character {code}", "remove it")

    # --- places ----------------------------------------------------------------------------

    def _tell(self, mark: Mark, message: str, remedy: str) -> None:
        excerpt = self.lines[mark.line - 1] if mark.line <= len(self.lines) else ""
        self.problems.append(
            Problem(self.name, mark.line, mark.column, message, remedy, excerpt, mark.length)
        )

    def at(self, mark: _Point | None, length: int = 1) -> Mark:
        if mark is None:
            return Mark(1, 1, 1)
        # An error at the end of the file is shown where its last words are.
        line, column = mark.line, mark.column
        while line > 0 and (line >= len(self.lines) or not self.lines[line].strip()):
            line -= 1
            column = len(self.lines[line].rstrip())
        return Mark(line + 1, column + 1, length)

    def _span(self, node: yaml.Node) -> Mark:
        start, end = node.start_mark, node.end_mark
        if start.line == end.line:
            length = end.column - start.column
        else:
            length = len(self.lines[start.line].rstrip()) - start.column
        return Mark(start.line + 1, start.column + 1, max(length, 1))


def _is_empty(node: yaml.ScalarNode) -> bool:
    return not node.style and node.value in _EMPTY


def _plain(text: str) -> object:
    """An unquoted scalar: nothing, a truth value, a whole number, text, or a `Word`."""
    if text in _EMPTY:
        return None
    if text in {"true", "false"}:
        return text == "true"
    if _TRUTH.fullmatch(text):
        return Word(text, "truth")
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return Word(text, "number")
    if _BASE_60.fullmatch(text):
        return Word(text, "time")
    return text


def _explain(error: yaml.YAMLError, reading: _Reading) -> tuple[Mark, str, str]:
    """A mistake in the YAML itself, in our words; where an open bracket is to blame, there."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Mark(1, 1, 1), UNREADABLE.message, UNREADABLE.remedy
    place = error.problem_mark
    slip = explain(error.problem or "")
    if slip.opened and error.context_mark is not None:
        place = error.context_mark if error.context_mark.line != place.line else place
    return reading.at(place), slip.message, slip.remedy


def _bracket_remedy(reading: _Reading, node: yaml.Node) -> str:
    if reading.text[node.start_mark.index : node.start_mark.index + 1] in {"{", "["}:
        return "text that starts with { or [ needs quotes"
    return "write a name in small letters before the colon"


def files_of(folder: Path) -> tuple[Path, ...]:
    """The YAML files of a folder in the order of their names, hidden ones left out."""
    return tuple(
        sorted(
            path
            for path in folder.iterdir()
            if path.suffix in {".yaml", ".yml"} and not path.name.startswith((".", "~"))
        )
    )
