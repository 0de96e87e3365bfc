"""Made-up dossiers in any number, and questions about them whose answers are known.

Each is about one good of one place whose name is invented, so that no two say the same; their
prose shares its words with every other one and with the real dossiers, as prose does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from random import Random

from bot.content.dates import When
from bot.content.library import Library
from bot.content.model import (
    Dossier,
    Event,
    Fact,
    Figure,
    Observation,
    Person,
    Section,
    Source,
    Term,
    Unit,
)
from bot.content.values import Value
from tests.content.quiz import DAY, Asked, Right

FACT = ("madeup.1",)
YEARS = ("2021", "2022", "2023", "2024")
LACKING = ("2012", "2017", "2031")


def _pool(text: str, between: str | None = None) -> list[str]:
    return text.split(between)


_STARTS = _pool("Bal Cor Dun Fen Gal Hol Jar Kel Lom Mar Nav Or Pel Quin Rav Sol Tal Ul Vor Wend")
_MIDDLES = _pool("a an e er i in o or u ul")
_ENDS = _pool("bek dara fell gard holm kesh landa mora nesk polis reth sund tova vik zhan")
_NOWHERE = _pool("Xanthurium Zyborovia Tchefuncta Yggmirsk Qwerthoven Bzhedukh Psammeticha")
_GOODS = _pool(
    "barley apples honey wool leather marble granite bricks glass paper soap candles tobacco tea "
    "coffee sugar salt pepper saffron silk linen hemp rope nails copper tin zinc lead nickel "
    "salmon herring eels oysters cheese butter milk eggs beef mutton poultry walnuts almonds "
    "olives wine cider beer bicycles tractors pumps turbines clocks pianos carpets furniture toys"
)
_SECTIONS = (
    ("growers", "Growers and their land"),
    ("storage", "Stores and cold rooms"),
    ("buyers", "Buyers abroad"),
    ("quality", "Grades and inspection"),
    ("labour", "Wages and hands"),
    ("weather", "Frost and drought"),
)
_SUBJECTS = _pool(
    "the report|the minister|a neighbour|the port|customs|the bank|a loan|the grant|the treaty|"
    "the council|freight|the ferry|trade|the border|the president|a forecast|the route|transit|"
    "the railway|the agreement|an official|the union|the capital|the region|energy|the cable|"
    "the embassy|a delegation|the harbour|the canal|the parliament|a court|the opposition|"
    "the central bank|the university|a strike|the river|the village|the pipeline|the airport",
    "|",
)
_VERBS = _pool(
    "says little about|waits for|has been moved to|was signed with|will depend on|has no part in|"
    "grew with|stands against|is named beside|was lifted for|is open to|brings nothing to|"
    "was measured by|takes its time with|has begun with|was held up by|welcomes|leaves out|"
    "is paid by|was read as|goes through|ends with|promises more of|turned away from|rests on|"
    "was taken over by|is older than|looks like|comes before|costs as much as",
    "|",
)
_OBJECTS = _pool(
    "the harvest|the winter|its neighbours|the ships of the coast|a second reading|the small print|"
    "what was built before|the old road|the talks in the capital|the war years|cooperation|"
    "reforms|the volume of the year|both sides|an answer that is still missing|the ice|containers|"
    "the timetable|prices abroad|the prime minister|a measure of confidence|the next summit|"
    "renewable energy|an investor from abroad|the villages upstream|a late spring|the museum|"
    "the weekly market|the ministry of finance|the last census|a new bridge|the tax office",
    "|",
)
"""Words of prose; those of the real dossiers stand among them, each in a few of a hundred."""


def places(count: int) -> list[str]:
    """Invented names, each once."""
    names = ["".join(parts) for parts in product(_STARTS, _MIDDLES, _ENDS)]
    Random(7).shuffle(names)
    return names[:count]


def dossiers(count: int) -> Iterator[Dossier]:
    """Made-up dossiers, always the same."""
    for number, place in enumerate(places(count)):
        yield _dossier(number, place, Random(number))


def among(library: Library, count: int) -> Library:
    """The dossiers of `library` and so many made-up ones that they are `count`."""
    made = dossiers(count - len(library.dossiers))
    sources = (*library.sources.values(), _source())
    every = (*library.dossiers.values(), *made)
    return Library.of(sources, every, library.editions, library.questions)


def questions(count: int, each: int = 400) -> Iterator[Asked]:
    """Questions about the first `count` made-up dossiers, a quarter without an answer."""
    chance = Random(11)
    known = places(count)
    for number in range(each):
        at = chance.randrange(count)
        place, good = known[at], _good(at)
        name, year = _name(at), chance.choice(YEARS)
        output = f"{name}.output"
        section, title = chance.choice(_SECTIONS)
        match number % 8:
            case 0:
                yield _asked(f"how much {good} does {place} make", Right("figure", output))
            case 1:
                yield _asked(f"{good} output {place} {year}", Right("figure", output, year))
            case 2:
                slip = _slip(place, chance)
                yield _asked(f"price of {good} in {slip}", Right("figure", f"{name}.price"))
            case 3:
                yield _asked(f"{title} in {place}", Right("section", f"{name}.{section}"))
            case 4:
                yield _asked(f"who grades the {good} of {place}", Right("person", f"{name}.office"))
            case 5:
                text = f"{place} {good} output 2022 vs 2024"
                yield _asked(text, Right("comparison", output, "2024", "2022"))
            case 6:
                text = f"{good} output of {place} in {chance.choice(LACKING)}"
                yield _asked(text, Right("missing", output))
            case 7:
                yield _asked(f"price of {good} in {chance.choice(_NOWHERE)}", Right("none"))


def _asked(text: str, right: Right, day: date = DAY) -> Asked:
    return Asked(text, day, (right,))


def _slip(word: str, chance: Random) -> str:
    """Two letters within changed places, as a hurried hand does."""
    at = chance.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _name(number: int) -> str:
    return f"madeup_{number}"


def _good(number: int) -> str:
    return _GOODS[number % len(_GOODS)]


def _source() -> Source:
    fact = Fact(paragraph=1, kind="statement", says="What is made up rests on nothing.")
    return Source(
        source="madeup",
        file="madeup.txt",
        sha256="0" * 64,
        title="Made up",
        name="report that nobody wrote",
        day="no day",
        as_of=When.parse("2025"),
        facts={1: fact},
    )


def _dossier(number: int, place: str, chance: Random) -> Dossier:
    good = _good(number)
    return Dossier(
        dossier=_name(number),
        command=_name(number),
        title=f"{good.capitalize()} of {place}",
        menu=f"The {good} of {place}",
        place=999,
        lead=f"What {place} makes of its {good}, and who buys it.",
        aliases=(place, f"{place} {good}"),
        figures={
            "output": _figure(f"Output of {good} in {place}", "tons", f"how much {good}", chance),
            "price": _figure(f"Price of {good} in {place}", "dollars", f"cost of {good}", chance),
        },
        sections={key: _section(key, title, place, good, chance) for key, title in _SECTIONS},
        events={
            "fair": Event(
                date=When.parse(chance.choice(YEARS)),
                title=f"The fair of {place} opens for buyers of {good}",
                fact=FACT,
            )
        },
        people={
            "office": Person(
                name=f"{place} Office of Grades",
                role=f"Grades the {good} of {place}",
                fact=FACT,
                aliases=(f"{good} office of {place}",),
            )
        },
        terms={
            "grade": Term(
                name=f"{place} grade",
                means=f"What the office calls {good} that may be sold.",
                fact=FACT,
            )
        },
    )  # fmt: skip


def _figure(name: str, unit: str, alias: str, chance: Random) -> Figure:
    return Figure(
        name=name,
        unit=Unit(one=unit, other=unit),
        aliases=(alias,),
        observations=tuple(
            Observation(
                period=When.parse(year),
                value=Value.parse(str(chance.randrange(10, 900))),
                fact=FACT,
            )
            for year in YEARS
        ),
    )


def _section(key: str, title: str, place: str, good: str, chance: Random) -> Section:
    said = [
        " ".join((chance.choice(_SUBJECTS), chance.choice(_VERBS), chance.choice(_OBJECTS)))
        for _ in range(5)
    ]
    first = f"In {place} {key} are what the {good} rests on; {said[0]}. "
    rest = " ".join(f"{each.capitalize()}." for each in said[1:4])
    text = f"{first}{rest}\n\nThe output was {{output@2024}} of {good}; {said[4]}."
    return Section(title=title, text=text, fact=FACT, aliases=(key, f"{key} in {place}"))
