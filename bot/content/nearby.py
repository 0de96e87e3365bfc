"""What stands beside an answer, or in its place: what comes near, and the first there is."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from bot.content.answer import Hit
from bot.content.judge import Verdict
from bot.content.leads import Kind
from bot.content.library import Library

OFFERED = 3
NEAR = 0.4
"""Beside an answer, what scores less than this share of it is not offered."""


def as_hit(found: Verdict, kind: Kind | None = None) -> Hit:
    """What was found as what it answers as."""
    entry = found.entry
    return Hit(
        kind or entry.noun, entry.key, entry.title, entry.dossier,
        paragraph=found.paragraph, home=entry.home,
    )  # fmt: skip


def beside(library: Library, best: Verdict, verdicts: Iterable[Verdict]) -> tuple[Hit, ...]:
    """What else may have been meant: what comes near, then what stands in the same dossier."""
    entry = best.entry
    near = [
        as_hit(found)
        for found in verdicts
        if found.number != best.number and found.score >= NEAR * best.score
    ][:OFFERED]
    # The section of a figure has a button of its own.
    room = OFFERED + any(hit.key == entry.home for hit in near) - len(near)
    named = {entry.key, entry.home, *(hit.key for hit in near)}
    rest = (
        Hit("section", section.key, section.title, entry.dossier)
        for section in library.dossiers[entry.dossier].sections.values()
        if section.key not in named
    )
    return (*near, *islice(rest, room))


def first_of(library: Library, dossier: str) -> tuple[Hit, ...]:
    """The first dossiers, or sections of one, for a question that shares no word with any."""
    if dossier:
        sections = islice(library.dossiers[dossier].sections.values(), OFFERED)
        return tuple(Hit("section", item.key, item.title, dossier) for item in sections)
    chosen = list(library.dossiers.values())[:OFFERED]
    return tuple(Hit("dossier", item.dossier, item.title, item.dossier) for item in chosen)
