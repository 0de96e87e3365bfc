"""What is wrong with a value, and what to write: the words for editors.

pydantic says what kind of mistake it is; the sentences are ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from pydantic_core import ErrorDetails

from bot.content.names import nearest
from bot.content.places import Keys, Word

NOUNS: Mapping[str, str] = MappingProxyType(
    {
        "Dossier": "a dossier",
        "Source": "a source card",
        "Fact": "a fact",
        "Figure": "a figure",
        "Observation": "an observation",
        "Unit": "a unit",
        "Section": "a section",
        "Event": "an event",
        "Tracker": "a tracker",
        "Step": "a step",
        "Watch": "a thing to watch",
        "Person": "a person",
        "Term": "a term",
        "Edition": "an edition",
        "Editions": "editions.yaml",
        "Questions": "a file of questions",
        "Block": "a block",
    }
)
"""How an editor calls what a model describes."""

_EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "as_of": "as_of: 2025-10-08/2025-12-31",
        "blocks": "blocks: [{changes: true}]",
        "command": "command: corridor",
        "date": "date: 2025-09-30",
        "days": "days: mon-fri",
        "dossier": "dossier: corridor",
        "editions": "editions:",
        "embargo": "embargo: 2026-01-12T09:00+04:00",
        "fact": "fact: astana-talks.18",
        "facts": "facts:",
        "kind": "kind: statement",
        "late": "late: 3h",
        "observations": "observations: [{period: 2024, value: 4.5, fact: astana-talks.18}]",
        "one": "one: day",
        "other": "other: days",
        "paragraph": "paragraph: 18",
        "period": "period: 2024",
        "questions": "questions:",
        "scale": "scale: 1000000",
        "sha256": "sha256: and the 64 hex digits of `sha256sum FILE`",
        "silent": "silent: [astana-talks]",
        "source": "source: astana-talks",
        "state": "state: open",
        "time": 'time: "08:30"',
        "unit": "unit: days",
        "value": "value: about 4.5",
    }
)

_MODELS: Mapping[str, str] = MappingProxyType(
    {
        "Unit": "write `unit: days`, or `unit: {one: day, other: days}`",
        "Observation": "write `{period: 2024, value: 4.5, fact: astana-talks.18}`",
        "Block": "write `changes: true`, `tracker: name`, `figures: [...]` or `watch: [...]`",
    }
)

_PATTERNS: tuple[tuple[str, str, str], ...] = (
    (
        r"^[a-z][a-z0-9_]{",
        "is not a name",
        "write small letters, digits and _, a letter first, {room} characters at most",
    ),
    (
        r"^[a-z][a-z0-9_-]{",
        "is not the name of a source",
        "write small letters, digits, - and _, a letter first, {room} characters at most",
    ),
    (
        r"^[a-z][a-z0-9_-]*\.",
        "is not a reference to a fact",
        "write the source and the number, as in astana-talks.18",
    ),
    (r"^([01]", "is not an hour", 'write hours and minutes in quotes: "08:30"'),
    (r"^[a-z]{3}([-", "is not a choice of days", "write mon-fri, or mon;thu"),
    (r"^\d{1,3}[hm]", "is not a span of time", "write hours as 3h or minutes as 90m"),
    ("^[0-9a-f]{64}", "is not a SHA-256", "write the 64 hex digits of `sha256sum FILE`"),
)

_VALUE_FORMS = "write 4.5, about 4.5, over 550, at most 3, 15..18, x3 of ? or x3 of name@period"
_DATE_FORMS = (
    "write a day 2025-09-30, a month 2025-10, a year 2023, a quarter 2025-33 "
    "or an interval 2025-10-08/2025-12-31"
)


def missing(name: str, noun: str) -> tuple[str, str]:
    """What to say where a required key is not there."""
    return f"`{name}` is missing: {noun} needs it", f"write `{_EXAMPLES.get(name, name + ': ...')}`"


def wrong(
    keys: Keys, detail: ErrorDetails, *, starts: str, optional: bool, model: str | None
) -> tuple[str, str]:
    """Message and remedy for a value that is not what its place wants.

    `starts` are the first characters of the value in the file, `model` the model wanted.
    """
    kind, value, context = detail["type"], detail["input"], detail.get("ctx") or {}
    here = _call(keys)
    if kind.startswith("string_"):
        return _text(kind, here, value, context, starts, optional)
    if kind.startswith("int_"):
        return f"{here} wants a whole number, not {_quote(value)}", "write digits only, as in 18"
    if kind in {"greater_than_equal", "greater_than", "less_than_equal", "less_than"}:
        least = context.get("ge", context.get("gt", 1))
        return f"{here} is {value}; the least is {least}", f"write {least} or more"
    if kind.startswith("bool_"):
        return f"{here} wants true or false, not {_quote(value)}", f"write `{_truth(value)}`"
    if kind == "literal_error":
        return _choice(here, value, str(context.get("expected", "")))
    if kind.startswith(("datetime_", "timezone_")):
        return f"{here} is not a moment", f"write `{_EXAMPLES['embargo']}`"
    if kind == "value_error":
        return _parsed(here, value, context, starts)
    if kind in {"too_short", "too_long"}:
        return f"{here} is an empty list", f"write `{_example(keys)}`"
    if kind in {"tuple_type", "list_type"}:
        return _list(here, value, keys, starts)
    if kind in {"dict_type", "model_type", "model_attributes_type"}:
        return _mapping(here, value, optional, model, starts)
    return f"{here} is not what is wanted here", f"write `{_example(keys)}`"


def _call(keys: Keys) -> str:
    if not keys:
        return "this file"
    last = keys[-1]
    if isinstance(last, int):
        around = next((key for key in reversed(keys) if isinstance(key, str)), "the list")
        return f"item {last + 1} of `{around}`"
    return f"`{last}`"


def _example(keys: Keys) -> str:
    name = next((key for key in reversed(keys) if isinstance(key, str)), "")
    return _EXAMPLES.get(name, f"{name}: ...")


def _quote(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case list() | tuple():
            return "a list"
        case dict():
            return "a mapping"
    text = str(value)
    return f"`{text if len(text) <= 60 else text[:59] + '…'}`"


def _text(
    kind: str,
    here: str,
    value: object,
    context: Mapping[str, object],
    starts: str,
    optional: bool,
) -> tuple[str, str]:
    if kind == "string_too_short":
        return f"{here} is empty", "write text behind it"
    if kind == "string_too_long":
        size = len(value) if isinstance(value, str) else 0
        return (
            f"{here} has {size} characters; {context.get('max_length')} are the most",
            "shorten it",
        )
    if kind == "string_pattern_mismatch":
        return _form(value, str(context.get("pattern", "")))
    match value:
        case None:
            rest = ", or leave it out" if optional else ""
            return f"{here} is empty", f"write text behind it{rest}"
        case bool() | Word(why="truth"):
            word = str(value).lower() if isinstance(value, bool) else str(value)
            return (
                f"`{word}` without quotes is a truth value to YAML, and {here} wants text",
                f'write "{word}"',
            )
        case Word(why="time"):
            return (
                f"`{value}` without quotes is a count of seconds to YAML, and {here} wants text",
                f'write "{value}"',
            )
        case int() | Word():
            return (
                f"`{value}` without quotes is a number, and {here} wants text",
                f'write "{value}"',
            )
        case dict() if starts.startswith("{"):
            return f"{here} wants text, and an unquoted {{ starts a mapping", _braces("{")
        case list() if starts.startswith("["):
            return f"{here} wants text, and an unquoted [ starts a list", _braces("[")
    return f"{here} wants text, not {_quote(value)}", "write one line of text, in quotes if need be"


def _braces(sign: str) -> str:
    return f"put text that starts with {sign} in quotes, or write it below `>-`"


def _form(value: object, pattern: str) -> tuple[str, str]:
    for start, what, remedy in _PATTERNS:
        if pattern.startswith(start):
            room = re.search(r"\{0,(\d+)\}", pattern)
            most = int(room[1]) + 1 if room else 32
            return f"{_quote(value)} {what}", remedy.replace("{room}", str(most))
    return f"{_quote(value)} does not have the form that is wanted here", "see the other files"


def _choice(here: str, value: object, expected: str) -> tuple[str, str]:
    choices = re.findall(r"'([^']*)'", expected)
    close = nearest(str(value), choices)
    rest = ", ".join(choices)
    first = f"write `{close[0]}`; " if close else "write one of them: "
    return f"{here} cannot be {_quote(value)}", first + (f"all are {rest}" if close else rest)


def _truth(value: object) -> str:
    return "false" if str(value).lower() in {"no", "off", "false", "n", "0"} else "true"


def _parsed(
    here: str, value: object, context: Mapping[str, object], starts: str
) -> tuple[str, str]:
    """A date or a value that cannot be read; its own words tell what can be written."""
    error = str(context.get("error", ""))
    forms = _VALUE_FORMS if "is not a value" in error else _DATE_FORMS
    what = "a value" if forms is _VALUE_FORMS else "a date"
    if value is None:
        return f"{here} is empty", forms
    if isinstance(value, (list, dict)) or starts[:1] in {"[", "{"}:
        return f"{here} wants {what}, not {_quote(value)}", forms
    message, _, remedy = error.partition("; ")
    if isinstance(value, bool):
        return f"`{str(value).lower()}` is not {what}", forms
    return message, remedy or forms


def _list(here: str, value: object, keys: Keys, starts: str) -> tuple[str, str]:
    if value is None:
        return f"{here} is empty", f"write `{_example(keys)}`, or leave it out"
    if isinstance(value, (str, int, Word)):
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return f"{here} wants a list, not {_quote(value)}", f"write `[{text}]`"
    return f"{here} wants a list, not {_quote(value)}", "start each item with `- `"


def _mapping(
    here: str, value: object, optional: bool, model: str | None, starts: str
) -> tuple[str, str]:
    noun = NOUNS.get(model or "", "")
    if model is not None and model in _MODELS:
        return f"{here} is not {noun}", _MODELS[model]
    if value is None:
        rest = ", or leave it out" if optional else ""
        return f"{here} is empty", f"write `name: value` lines below it{rest}"
    wants = f"the lines of {noun}" if noun else "`name: value` lines"
    return f"{here} wants {wants}, not {_quote(value)}", "write `name: value` lines below it"
