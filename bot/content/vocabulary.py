"""What words a library's entries use: compounds, how rare each is, and which say the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.content.entries import Entry
from bot.content.frames import SILENT, SOFT
from bot.content.spelling import stems

Compounds = frozenset[tuple[str, ...]]


def compounds(found: Sequence[Entry]) -> Compounds:
    """Names made of asking words only, such as "how long": they count as one word."""
    return frozenset(
        name.words
        for entry in found
        for name in entry.names
        if len(name.words) > 1 and SOFT.issuperset(name.words) and not SILENT.issuperset(name.words)
    )


def by_first(known: Compounds) -> Mapping[str, Sequence[tuple[str, ...]]]:
    """Compounds by their first word."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for compound in sorted(known):
        found.setdefault(compound[0], []).append(compound)
    return found


def held(words: Sequence[str], known: Mapping[str, Sequence[tuple[str, ...]]]) -> Iterator[str]:
    """The compounds that a question holds, as one word each, every one once."""
    found = (
        "_".join(compound)
        for at, word in enumerate(words)
        for compound in known.get(word, ())
        if tuple(words[at : at + len(compound)]) == compound
    )
    return iter(dict.fromkeys(found))


def with_compounds(entry: Entry, known: Compounds) -> Entry:
    named = {"_".join(name.words) for name in entry.names if name.words in known}
    said: dict[str, tuple[int, ...]] = {}
    for compound in known:
        starts = entry.said.get(compound[0], ())
        places = tuple(
            at
            for at in starts
            if all(at + step in entry.said.get(word, ()) for step, word in enumerate(compound))
        )
        if places:
            said["_".join(compound)] = places
    if not named and not said:
        return entry
    names = tuple(
        replace(name, distinct=("_".join(name.words),)) if name.words in known else name
        for name in entry.names
    )
    return replace(entry, names=names, named=entry.named | named, said={**entry.said, **said})


def frequencies(found: Sequence[Entry]) -> Counter[str]:
    """In how many entries each stem stands."""
    count: Counter[str] = Counter()
    for entry in found:
        count.update(entry.named | entry.said.keys() | entry.units)
    return count


Groups = dict[str, list[frozenset[str]]]
Phrases = dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]


def groups_and_phrases(said: Iterable[tuple[str, ...]]) -> tuple[Groups, Phrases]:
    """Single words to their groups; phrases by their first word to the stems that would do."""
    groups: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    phrases: defaultdict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
    for group in said:
        spelt = [words for text in group if (words := stems(text))]
        singles = frozenset(words[0] for words in spelt if len(words) == 1)
        # "Aliyev" stands for "Ilham Aliyev" already; both his names are not one word.
        head = () if singles.intersection(spelt[0]) else spelt[0]
        if len(head) == 1:
            singles |= frozenset(head)
        for words in spelt:
            if len(words) == 1:
                groups[words[0]].append(singles)
            elif words:
                phrases[words[0]].append((words, tuple(sorted(singles.union(spelt[0]) - SILENT))))
    return dict(groups), dict(phrases)
