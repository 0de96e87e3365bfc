"""A question in the words of a library: stems, synonyms, other spellings, slips of the hand."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.content import thesaurus
from bot.content.asking import Question
from bot.content.entries import Entry, spellings, synonyms
from bot.content.everyday import EVERYDAY, PROPERTIES, WHOLE, WORDS
from bot.content.frames import FRAMES, SILENT, SOFT
from bot.content.judge import UNKNOWN, Meaning, Term, TermKind
from bot.content.library import Library
from bot.content.spelling import Speller, is_number, stem
from bot.content.vocabulary import Compounds, by_first, frequencies, groups_and_phrases, held

SYNONYM, SLIP, GENERAL, CAPITAL = 0.95, 0.85, 0.75, 0.5
FAINT = 0.4
"""How much an everyday word weighs."""
SHORTEST_FRAME = 5
_DATED = frozenset({"day", "year"})
_MOST_WORDS = 24
_NUMBER, _PART = 2, 4
"""Digits of the shortest number that is looked for, letters of the shortest part of a word."""
_MOST_OTHERS = 16
USUAL = 2
"""A word of so many wordings is no slip."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as typed and as read; `meant` are the words that it may be, known to the library."""

    typed: str
    word: str
    meant: tuple[str, ...] = ()
    is_slip: bool = False


def _is_idle(root: str) -> bool:
    return root in SOFT or root in EVERYDAY


class Reader:
    """Knows a library's words. Holds no state beyond them."""

    def __init__(
        self,
        library: Library,
        entries: Sequence[Entry],
        known: Compounds,
        asked: Mapping[str, int] | None = None,
    ) -> None:
        """`asked` are folded words of readers' wordings, each with how often it stands."""
        self._size = len(entries)
        self._compounds = by_first(known)
        self._count = frequencies(entries)
        self._groups, self._phrases = groups_and_phrases(synonyms(library))
        self._topics = self._groups.keys() | {
            word for entry in entries if entry.noun == "dossier" for word in entry.named
        }
        self._general, self._idioms = groups_and_phrases(thesaurus.groups())
        self._capitals, _ = groups_and_phrases(thesaurus.capitals())
        spelt = Counter(spellings(library))
        self._spelt = frozenset(word for word in spelt if len(word) >= _PART)
        spelt.update(FRAMES)
        spelt.update(WORDS)
        # A slip that many readers make is still a slip.
        speller = Speller(spelt)
        usual = {
            word: count
            for word, count in (asked or {}).items()
            if count >= USUAL and word not in spelt and not speller.meant(word, 1)
        }
        spelt.update(usual)
        self._asked = frozenset(map(stem, usual))
        self._speller = Speller(spelt)

    def respell(self, asked: Question) -> Question:
        """The same with slips of the hand set right."""
        if all(map(self._is_known, asked.words)):
            return asked
        return replace(asked, words=tuple(item.word for item in self._respelt(asked.words)))

    def understand(self, asked: Question) -> Meaning:
        respelt = self._respelt(asked.words[:_MOST_WORDS])
        question = replace(asked, words=tuple(item.word for item in respelt))
        stemmed = tuple(stem(word) for word in question.words)
        rarest = math.log1p(self._size / 0.5)
        phrased = self._phrased(stemmed)
        idioms, covered = self._idiomatic(stemmed)
        terms: dict[str, Term] = {}
        for token in held(stemmed, self._compounds):
            terms[token] = Term(token, {token: 1.0}, self._weight({token: 1.0}, rarest))
        has_unknown, idle = False, 0
        for at, (item, root) in enumerate(zip(respelt, stemmed, strict=True)):
            is_idiom = at in phrased or at in idioms
            if at in covered or self._only_asks(question, at, item.word, root, is_idiom):
                continue
            others: dict[str, float] = {}
            for meant in item.meant:
                self._widen(others, stem(meant), SLIP if item.is_slip else 1.0)
            for other in phrased.get(at, ()):
                others[other] = max(others.get(other, 0.0), SYNONYM)
            for other in idioms.get(at, ()):
                others[other] = max(others.get(other, 0.0), GENERAL)
            is_everyday = root in EVERYDAY and not is_idiom and root not in self._topics
            if is_everyday and not others:
                idle += 1
                continue
            has_unknown |= not others
            weight = self._weight(others, rarest) * (FAINT if is_everyday else 1.0)
            kind: TermKind = (
                "everyday" if is_everyday else "property" if root in PROPERTIES else "topic"
            )
            terms.setdefault(root, Term(item.word, others, weight, kind))
        found = tuple(terms.values())
        total = sum(term.weight for term in found)
        by_stem: dict[str, Term] = {}
        for term in found:
            for other, worth in term.others.items():
                if other not in by_stem or worth > by_stem[other].others[other]:
                    by_stem[other] = term
        return Meaning(
            question,
            found,
            stemmed,
            rarest,
            total,
            has_unknown,
            tuple((item.typed, item.word) for item in respelt if item.is_slip),
            by_stem,
            idle,
        )

    def _only_asks(self, question: Question, at: int, word: str, root: str, is_idiom: bool) -> bool:
        if root in SILENT:
            return not is_idiom
        if is_number(word):
            return len(word) < _NUMBER or not self._count[word]
        if word in _DATED and question.asks_when:
            return True
        return root in SOFT and not is_idiom and at != question.counted

    def _is_known(self, word: str) -> bool:
        root = stem(word)
        return is_number(word) or bool(
            self._count[root]
            or root in self._groups
            or root in self._general
            or root in SOFT
            or root in EVERYDAY
            or root in PROPERTIES
            or root in self._asked
        )

    def _respelt(self, words: Sequence[str]) -> list[_Word]:
        """The words with slips of the hand set right, and what was written together or apart."""
        found: list[_Word] = []
        at = 0
        while at < len(words):
            word, after = words[at], words[at + 1 : at + 2]
            at += 1
            if self._is_known(word):
                known = self._count[stem(word)] or stem(word) in self._groups
                rest = self._generally(stem(word))
                found.append(_Word(word, word, (word,) if known or rest else ()))
            elif after and self._count[stem(whole := word + after[0])]:
                found.append(_Word(f"{word} {after[0]}", whole, (whole,)))
                at += 1
            elif parts := self._parts(word):
                found += [_Word(part, part, (part,)) for part in parts]
            elif word in WHOLE:
                found.append(_Word(word, word, ()))
            else:
                found.append(self._slip(word))
        return found

    def _parts(self, word: str) -> tuple[str, ...]:
        """Two words of the library that were written as one."""
        for cut in range(_PART, len(word) - _PART + 1):
            parts = word[:cut], word[cut:]
            if all(part in self._spelt for part in parts):
                return parts
        return ()

    def _slip(self, word: str) -> _Word:
        meant = self._speller.meant(word)
        if meant and _is_idle(stem(meant[0])):
            # A topic is lost where it is taken for a word that asks: one slip, no more.
            if len(word) > SHORTEST_FRAME and self._speller.meant(word, 1) == meant:
                return _Word(
                    word, meant[0], (meant[0],) if self._count[stem(meant[0])] else (), True
                )
            meant = ()
        return _Word(word, meant[0], meant, True) if meant else _Word(word, word)

    def _widen(self, others: dict[str, float], root: str, factor: float) -> None:
        if self._count[root] or root in self._groups:
            others[root] = max(others.get(root, 0.0), factor)
        for group in self._groups.get(root, ())[:_MOST_OTHERS]:
            for other in group:
                others.setdefault(other, factor * SYNONYM)
        for other, worth in self._generally(root).items():
            others.setdefault(other, factor * worth)

    def _generally(self, root: str) -> Mapping[str, float]:
        """What says the same in English anywhere, as far as the library has it."""
        found = {
            other: GENERAL
            for group in self._general.get(root, ())
            for other in group
            if self._count[other]
        }
        for group in self._capitals.get(root, ()):
            found |= {other: CAPITAL for other in group if other not in found}
        return found

    def _weight(self, others: dict[str, float], rarest: float) -> float:
        """Rare words say more; a word that nothing holds says most."""
        known = max((self._count[other] for other in others), default=0)
        return math.log1p(self._size / known) if known else UNKNOWN * rarest

    def _idiomatic(self, stemmed: tuple[str, ...]) -> tuple[dict[int, tuple[str, ...]], set[int]]:
        """Phrases that say what a word says, at the place of the first; the places of the rest."""
        found: dict[int, tuple[str, ...]] = {}
        covered: set[int] = set()
        for at, first in enumerate(stemmed):
            for phrase, others in self._idioms.get(first, ()):
                known = tuple(other for other in others if self._count[other])
                if known and stemmed[at : at + len(phrase)] == phrase:
                    found[at] = (*found.get(at, ()), *known)
                    covered.update(range(at + 1, at + len(phrase)))
        return found, covered

    def _phrased(self, stemmed: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
        """Words that together are a synonym: place to the stems that would do."""
        found: dict[int, tuple[str, ...]] = {}
        for at, first in enumerate(stemmed):
            for phrase, others in self._phrases.get(first, ()):
                if stemmed[at : at + len(phrase)] == phrase:
                    found.update(dict.fromkeys(range(at, at + len(phrase)), others))
        return found
