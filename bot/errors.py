"""Errors that are told to a person, each written for one reader.

BriefingError                what every error below is
├── ContentError             for an editor: the YAML files say something wrong
├── NotCovered               for a reader: the library has no such thing
├── TooMany                  for a reader: the chat has as many subscriptions as it can
├── ConfigError              for an operator: a setting is missing or wrong
├── TelegramAway             for an operator: the Bot API server does not answer at the start
└── StoreError               for an operator: what is remembered cannot be reached
    ├── StateInUse           another process holds the state folder
    ├── WrongBot             the state belongs to another bot
    ├── SchemaMismatch       the database is newer than this program
    ├── StoreAway            the database does not answer just now; what was asked may be retried
    └── StoreFull            the disk is full

An error's message says what happened, where, and what to do; it never holds a secret.
"""

from __future__ import annotations

from dataclasses import dataclass


class BriefingError(Exception):
    """Something went wrong that a person can act on."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong (or doubtful) in one place of a YAML file.

    `line` and `column` count from 1; `length` is how many characters the caret marks;
    `excerpt` is the line as written. `remedy` says what to write instead.
    """

    file: str
    line: int
    column: int
    message: str
    remedy: str = ""
    excerpt: str = ""
    length: int = 1
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ContentError(BriefingError):
    """The files hold mistakes; nothing of them was published."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class NotCovered(BriefingError):
    """The briefings do not cover that."""

    def __init__(self, asked: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(f"The briefings do not cover {asked!r}.")
        self.asked = asked
        self.nearest = nearest


class ConfigError(BriefingError):
    """One or more settings are missing or wrong; all are told at once."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class TelegramAway(BriefingError):
    """The Bot API server cannot be reached; starting again may help."""


class StoreError(BriefingError):
    """The database cannot be used as it is."""


class StateInUse(StoreError):
    """Another process holds the state folder; stop it, or use its commands."""


class WrongBot(StoreError):
    """The state folder belongs to another bot; choose another BRIEFING_STATE."""


class SchemaMismatch(StoreError):
    """The database was written by a newer release; run that one, or restore a backup."""


class StoreAway(StoreError):
    """The database does not answer just now; nothing is lost, and it is tried again."""


class StoreFull(StoreError):
    """The disk is full; free some space, and sending goes on by itself."""


class TooMany(BriefingError):
    """A chat can have no more subscriptions; one has to end before another begins."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"A chat can have {limit} subscriptions; end one before adding another.")
        self.limit = limit
