"""Amounts in a question, "$2 billion" or "fifteen days", held against those of what answers it.

A figure of 1 billion is no answer to "who gave 2 billion tons", and where one asks whether the goal
is 5 billion, that is said of the 5 before the goal is told.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, islice

from bot.content import prose
from bot.content.answer import Answer
from bot.content.frames import FRAMES
from bot.content.library import Library
from bot.content.model import Figure, Observation
from bot.content.prose import Share, Shift, Shown
from bot.content.spelling import fold

_SCALES = {
    "hundred": 100, "thousand": 1000, "k": 1000,
    "million": 10**6, "millions": 10**6, "mln": 10**6, "mn": 10**6, "mio": 10**6, "m": 10**6,
    "billion": 10**9, "billions": 10**9, "bln": 10**9, "bn": 10**9, "b": 10**9,
    "trillion": 10**12, "trn": 10**12, "tn": 10**12,
}  # fmt: skip
_SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "₽": "rouble", "₸": "tenge", "₼": "manat"}
_UNITS: dict[str, tuple[str, str, str]] = {
    # The unit, what it measures, how many of the first of its kind it is; then how it is written.
    "euro": ("money", "1", "euro euros eur"),
    "dollar": ("money", "1", "dollar dollars usd bucks"),
    "pound": ("money", "1", "pound pounds gbp sterling"),
    "rouble": ("money", "1", "rouble roubles ruble rubles rub"),
    "tenge": ("money", "1", "tenge kzt"),
    "manat": ("money", "1", "manat manats azn"),
    "yuan": ("money", "1", "yuan rmb cny"),
    "dram": ("money", "1", "dram drams amd"),
    "lira": ("money", "1", "lira"),
    "ton": ("mass", "1", "ton tons tonne tonnes mt"),
    "kilogram": ("mass", "0.001", "kg kilo kilos kilogram kilograms"),
    "day": ("time", "1", "day days"),
    "week": ("time", "7", "week weeks"),
    "hour": ("time", "0.041666667", "hour hours hrs"),
    "kilometre": ("length", "1", "km kilometre kilometres kilometer kilometers"),
    "mile": ("length", "1.609344", "mile miles"),
    "percent": ("share", "1", "percent % pct"),
    "container": ("containers", "1", "container containers teu teus wagon wagons truck trucks"),
    "barrel": ("barrels", "1", "barrel barrels"),
    "cubic": ("volume", "1", "cubic bcm litre litres liter liters"),
    "watt": ("power", "1", "kw mw gw kwh mwh gwh megawatt megawatts gigawatt gigawatts"),
    "bit": ("speed", "1", "gbps tbps mbps gbit tbit gigabit gigabits terabit terabits"),
    "time": ("times", "1", "times fold x"),
}
_NAMES = {name: unit for unit, (_, _, names) in _UNITS.items() for name in names.split()}
_COUNTED = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen", "twenty",
)  # fmt: skip
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80}
_SPOKEN = {word: number for number, word in enumerate(_COUNTED)} | _TENS


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_AMOUNT = re.compile(
    rf"(?:(?P<sign>[{''.join(_SIGNS)}])\s*|\b(?P<code>eur|usd|gbp)\s+|(?<![\w.,]))"
    rf"(?P<number>\d+(?:[.,]\d+)*|(?:{_any(_SPOKEN)})\b)"
    rf"(?:[\s-]*(?P<scale>{_any(_SCALES)})\b)?"
    rf"(?:\s?(?P<after>[$€]))?(?:[\s-]*(?:(?:us|metric)\s+)?(?P<unit>{_any(_NAMES)})(?!\w))?",
    re.IGNORECASE,
)
_MULTIPLES = {
    "double": 2, "doubled": 2, "doubling": 2, "doubles": 2, "twofold": 2,
    "triple": 3, "tripled": 3, "tripling": 3, "triples": 3, "threefold": 3, "treble": 3,
    "quadruple": 4, "quadrupled": 4, "fourfold": 4, "fivefold": 5, "tenfold": 10,
}  # fmt: skip
_MULTIPLE = re.compile(rf"\b(?:{_any(_MULTIPLES)})\b", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_PERIOD = re.compile(r"\b(?:19|20)\d\d\b")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_MOST = 4


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of something, as `text` writes it. `number` is in units, not in millions of them;
    `unit` is empty where none is named ("2 billion")."""

    text: str
    number: Decimal
    unit: str

    @property
    def measures(self) -> str:
        """What kind of thing it is an amount of, "money"; empty for none named."""
        return _UNITS[self.unit][0] if self.unit else ""

    @property
    def size(self) -> Decimal:
        """The number in the first unit of its kind: two weeks are fourteen."""
        return self.number * Decimal(_UNITS[self.unit][1]) if self.unit else self.number

    def is_akin(self, other: Amount) -> bool:
        """Whether the two may be compared at all."""
        return not (self.unit and other.unit) or self.measures == other.measures

    def is_same(self, other: Amount) -> bool:
        """Whether both say the same; what names no unit may be of any. Two currencies differ."""
        is_money = self.measures == other.measures == "money" and self.unit != other.unit
        return self.is_akin(other) and not is_money and self.size == other.size


def amounts(text: str) -> Iterator[Amount]:
    """The amounts that a text names: numbers with a sign, a scale or a unit, no bare ones."""
    for found in _AMOUNT.finditer(text):
        said, scale = found["number"].casefold(), (found["scale"] or "").casefold()
        mark = found["sign"] or found["after"]
        code = (found["code"] or found["unit"] or "").casefold()
        # "One day" is a time, not a length of it.
        is_year = (said == "one" or _YEAR.fullmatch(said)) and not (mark or scale)
        # A Turkish ı counts as an i where case does not: "fıve" is found, and is no number.
        is_odd = not (said[0].isdecimal() or said in _SPOKEN) or (scale and scale not in _SCALES)
        if is_year or is_odd or not (mark or scale or code):
            continue
        unit = _SIGNS[mark] if mark else _NAMES.get(code, "")
        yield Amount(found.group().strip(), _number(said) * (_SCALES[scale] if scale else 1), unit)
    for found in _MULTIPLE.finditer(text):
        if times := _MULTIPLES.get(found.group().casefold()):
            yield Amount(found.group(), Decimal(times), "time")


def _number(said: str) -> Decimal:
    if said in _SPOKEN:
        return Decimal(_SPOKEN[said])
    if _GROUPED.fullmatch(said):
        return Decimal(said.replace(",", ""))
    whole, *rest = re.split("[.,]", said)
    return Decimal(f"{whole}.{''.join(rest)}" if rest else whole)


def held_against(
    text: str, answer: Answer, library: Library, *, is_written: bool = False
) -> Answer | None:
    """The answer with what amounts of the question it does not have, in its words; of a figure
    the period that has them. None where it has no such amount at all, and so is no answer; what the
    editors wrote down for these words is one all the same."""
    asked, hit = tuple(amounts(text)), answer.best
    if hit is None or not asked:
        return answer
    match answer.kind:
        case "figure":
            figure = library.figure(hit.key)
            period = hit.period if _PERIOD.search(text) else _having(asked[0], figure, hit.period)
            answer = replace(answer, best=replace(hit, period=period))
            known = tuple(_told(figure, period))
        case "comparison" | "missing":
            known = tuple(_told(library.figure(hit.key)))
            if answer.kind == "comparison":
                asked = tuple(amount for amount in asked if amount.measures != "share")
        case "section":
            # Its shares are worked out from two figures.
            asked = tuple(amount for amount in asked if amount.measures != "share")
            known = tuple(chain.from_iterable(map(_told, _shown(library, hit.key))))
        case _:
            return answer
    unlike = [amount for amount in asked if not any(map(amount.is_akin, known))]
    other = [amount for amount in asked if not any(_is_told(amount, item) for item in known)]
    is_another = _is_bare(text) and any(
        one.number != item.number for one in other for item in known
    )
    if not is_written and (unlike or is_another):
        return None
    told = (amount.text for amount in other if amount not in unlike)
    return replace(answer, unsaid=tuple(islice(told, _MOST)))


def without(text: str) -> str:
    """A text without its amounts; empty where it has none, or names nothing else."""
    rest = _rest(text)
    return "" if rest == text or _is_bare(text) else rest


def _rest(text: str) -> str:
    """A text without its amounts; a year and a bare number are none, and stay."""
    for amount in amounts(text):
        text = text.replace(amount.text, " ", 1)
    return text


def _is_bare(text: str) -> bool:
    """Whether nothing but an amount is named: "the 4.5 million"."""
    return FRAMES.issuperset(fold(_rest(text)).split())


def measured(word: str) -> str:
    """What kind of thing a folded word is a unit of, "length" of "km"; empty for no unit."""
    return _UNITS[_NAMES[word]][0] if word in _NAMES else ""


def measures(figure: Figure) -> frozenset[str]:
    """What kinds of thing a figure is an amount of."""
    return frozenset(amount.measures for amount in _told(figure))


class Tellers:
    """Which figures tell which amounts. They are numbered by whoever asks."""

    def __init__(self) -> None:
        self._of_size: defaultdict[Decimal, list[tuple[Amount, int]]] = defaultdict(list)
        self._ranges: list[tuple[Amount, int]] = []

    def add(self, number: int, figure: Figure) -> None:
        for amount in _told(figure):
            of = self._ranges if isinstance(amount, _Range) else self._of_size[amount.size]
            of.append((amount, number))

    def only(self, text: str) -> int | None:
        """The one figure that tells the amount that is all that a text names; None for others."""
        asked = tuple(amounts(text))
        if len(asked) != 1 or not _is_bare(text):
            return None
        near = (*self._of_size.get(asked[0].size, ()), *self._ranges)
        found = {number for amount, number in near if _is_told(asked[0], amount)}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class _Range(Amount):
    """An amount from `number` to `most`."""

    most: Decimal


def _is_told(asked: Amount, known: Amount) -> bool:
    if isinstance(known, _Range) and asked.is_akin(known):
        factor = Decimal(_UNITS[known.unit][1]) if known.unit else 1
        return known.size <= asked.size <= known.most * factor
    return asked.is_same(known)


def _having(asked: Amount, figure: Figure, chosen: str) -> str:
    """The period in which a figure was so much; the one that was chosen without it."""
    having = (item for item in figure.observations if _is_told(asked, _amount(item, figure)))
    return next((item.period.text for item in having), chosen)


def _shown(library: Library, section: str) -> Iterator[Figure]:
    """The figures of a section."""
    found = library.section(section)
    dossier = section.partition(".")[0]
    keys = [f"{dossier}.{name}" for name in found.figures]
    for part in prose.parse(found.text, dossier):
        for span in part.spans:
            match span:
                case Shown(key) | Shift(key):
                    keys.append(key)
                case Share(key, _, goal):
                    keys += [key, goal]
    return (library.figure(key) for key in keys)


def _told(figure: Figure, period: str = "") -> Iterator[Amount]:
    """What a figure says, of all its periods or of one."""
    for item in figure.observations:
        if period in {"", item.period.text}:
            yield _amount(item, figure)


def _amount(item: Observation, figure: Figure) -> Amount:
    """What an observation says, read as if a reader had written it."""
    value, unit = item.value, figure.unit
    if value.kind == "multiple":
        return Amount(value.text, value.low, "time")
    text = f"{unit.sign or ''}{value.low} {unit.other}"
    found = next(amounts(text), Amount(text, value.low, ""))
    if value.high is None:
        return found
    most = value.high * (found.number / value.low if value.low else 1)
    return _Range(found.text, found.number, found.unit, most)
