"""Words evened out: case, accents, alphabets and endings; and what a mistyped word may mean."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import OSA
from Stemmer import Stemmer

from bot.content.tongues import in_english

_STEMMER = Stemmer("english")
_AMERICA = re.compile(r"\bu\.\s?s\.(?:\s?a\.)?")
_HARD_C = re.compile(r"c(?![eiyh])")
_POSSESSIVE = re.compile(r"[’']s\b")
_QUOTES = re.compile(r"[’'`´]")
_WORD = re.compile(r"(?<![\d.])\d+\.\d{1,2}(?![\d.])|[a-z0-9]+")
_COMMA = re.compile(r"(?<![\d,.])(\d+),(\d{1,2})(?![\d,])")
_DRAWN = frozenset({"So", "Sk", "Sc", "Cf", "Co", "Cn", "Cs"})
_BRITISH = (("isation", "ization"), ("ising", "izing"), ("ised", "ized"), ("ise", "ize"))
_IRREGULAR = dict(
    pair.split("=")
    for pair in [
        "met=meet",
        "said=say",
        "held=hold",
        "spoke=speak",
        "spoken=speak",
        "lent=lend",
        "built=build",
        "gave=give",
        "given=give",
        "began=begin",
        "begun=begin",
        "took=take",
        "taken=take",
        "came=come",
        "went=go",
        "gone=go",
        "made=make",
        "paid=pay",
        "brought=bring",
        "sold=sell",
        "bought=buy",
        "grew=grow",
        "grown=grow",
        "rose=rise",
        "risen=rise",
        "fell=fall",
        "fallen=fall",
        "told=tell",
        "left=leave",
        "led=lead",
        "won=win",
        "lost=lose",
        "sent=send",
        "spent=spend",
        "saw=see",
        "seen=see",
        "chose=choose",
        "chosen=choose",
        "wrote=write",
        "written=write",
        "complaint=complain",
        "complaints=complain",
        "growth=grow",
        "projection=projectio",
        "projections=projectio",
        "good=fine",
        "interested=keen",
        "interesting=keen",
    ]
)
# Letters that the spellings of one name change between: Aqtau and Aktau, Tokajev and Tokayev.
_SOUNDS = (
    ("sch", "sh"), ("ch", "tsh"), ("ph", "f"),
    ("kh", "h"), ("ck", "k"), ("q", "k"), ("x", "ks"), ("w", "v"),
    ("j", "i"), ("y", "i"), ("ff", "v"), ("ie", "e"), ("ei", "e"), ("ii", "i"),
)  # fmt: skip
_DOUBLED = re.compile(r"(.)\1")
_VOWELS = frozenset("aeiouy")
SHORTEST = 4
"""Letters of the shortest word that is taken for a mistyped one."""
LONG = 8
"""From here on two slips are forgiven."""


def fold(text: str) -> str:
    """Lower case in plain letters and digits, one space between: "Xəzər, Актау" is "xezer aktau".

    A possessive loses its ending, a number its sign of a currency; its fraction it keeps, after a
    point: "4,5" is "4.5".
    """
    flat = unicodedata.normalize("NFKC", text).casefold()
    if not flat.isascii():
        # Emoji have names, and nobody who sends one has asked for "slightly smiling".
        said = "".join(char if unicodedata.category(char) not in _DRAWN else " " for char in flat)
        flat = anyascii(_POSSESSIVE.sub("", in_english(said))).casefold()
    flat = _QUOTES.sub("", _POSSESSIVE.sub("", _AMERICA.sub("usa ", flat)))
    flat = _COMMA.sub(r"\1.\2", flat)
    return " ".join(_WORD.findall(flat))


def is_number(word: str) -> bool:
    """Whether a folded word is a number, whole or with a fraction."""
    return word.replace(".", "", 1).isdecimal()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A folded word without its ending, British spellings as the American: "modern" of both."""
    word = _IRREGULAR.get(word, word)
    for british, other in _BRITISH:
        if word.endswith(british) and len(word) > len(british) + 3:
            word = word.removesuffix(british) + other
            break
    return str(_STEMMER.stemWord(word))


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text in its order."""
    return tuple(stem(word) for word in fold(text).split())


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """One spelling for the spellings of a name."""
    for letters, plain in _SOUNDS:
        word = word.replace(letters, plain)
    word = _HARD_C.sub("k", word).replace("c", "s")
    return _DOUBLED.sub(r"\1", word)


class Speller:
    """The words that a library knows, to find the one that was meant. Deterministic."""

    def __init__(self, known: Mapping[str, int]) -> None:
        """`known`: folded words, each with how often it stands."""
        self._known = known
        self._sounds: defaultdict[str, list[str]] = defaultdict(list)
        self._firsts: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(known):
            if len(word) >= SHORTEST and not word.isdecimal():
                self._sounds[sound(word)].append(word)
                self._firsts[word[0], len(word)].append(word)

    def meant(self, word: str, most: int = 2) -> tuple[str, ...]:
        """The known words that `word` may be a slip of, at most two; none for a short one.

        `most` slips are forgiven, in a word that is long enough for them.
        """
        if len(word) < SHORTEST or any(char.isdecimal() for char in word):
            return ()
        if same := self._sounds.get(sound(word)):
            return self._usual(same)
        slips = min(most, 2 if len(word) >= LONG else 1)
        found: dict[int, list[str]] = {}
        for candidate in self._near(word, slips):
            distance = OSA.distance(word, candidate, score_cutoff=slips)
            if distance <= slips and _is_slip(word, candidate, distance):
                found.setdefault(distance, []).append(candidate)
        return self._usual(found[min(found)]) if found else ()

    def _near(self, word: str, slips: int) -> Iterable[str]:
        firsts = {word[0], word[1]}
        for length in range(len(word) - slips, len(word) + slips + 1):
            for first in sorted(firsts):
                yield from self._firsts.get((first, length), ())

    def _usual(self, words: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(words, key=lambda word: (-self._known[word], word))[:2])


def _is_slip(typed: str, meant: str, distance: int) -> bool:
    """Whether a hand may have slipped: another letter of the same length may be another word.

    "price" is no slip of "prime", while "coridor", "frieght" and "armania" are slips.
    """
    if len(typed) != len(meant) or sorted(typed) == sorted(meant):
        return True
    if len(typed) >= LONG and distance == 1:
        return True
    changed = [(one, other) for one, other in zip(typed, meant, strict=True) if one != other]
    vowels = all(one in _VOWELS and other in _VOWELS for one, other in changed)
    return vowels and len(typed) > SHORTEST
