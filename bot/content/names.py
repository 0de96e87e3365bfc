"""Names: which are taken by the program itself, and which one was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

_COMMANDS = """
    start help topics brief figures figure compare chart timeline status new ask search sources
    who glossary asof subscribe subscriptions unsubscribe pause settings latest corrections
    report about privacy mydata forget admin announce invite admit dismiss questions
    channels
"""
BUILT_IN = frozenset(_COMMANDS.split())
"""Commands of the program; a dossier cannot take one of them."""

_ALIKE = 60.0


def nearest(asked: str, names: Iterable[str], limit: int = 1) -> tuple[str, ...]:
    """The names most like `asked`, best first; none where nothing is like it."""
    choices = sorted(set(names))
    found = process.extract(asked, choices, scorer=fuzz.ratio, limit=limit, score_cutoff=_ALIKE)
    return tuple(name for name, _, _ in found)


def nearest_key(asked: str, keys: Iterable[str]) -> str | None:
    """The key most like `asked`: the dossier is matched first, then the name in it.

    `coridor.volum` finds `corridor.volume`, a bare `volume` too; the words of the dossier do
    not make one name in it more like another.
    """
    choices = [tuple(key.split(".", 1)) for key in keys if "." in key]
    topic, _, name = asked.rpartition(".")
    topics = nearest(topic, {it[0] for it in choices}) if topic else ()
    inside = nearest(name, {it[1] for it in choices if it[0] in topics})
    if inside:
        return f"{topics[0]}.{inside[0]}"
    anywhere = nearest(name, {it[1] for it in choices})
    return next((f"{it[0]}.{it[1]}" for it in choices if it[1] in anywhere), None)
