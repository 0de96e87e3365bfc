"""The nouns of the content: sources and their facts, dossiers and their figures.

These models are the shape of the YAML files (see `briefing-bot schema`) and, once checked,
the shape that every screen is made from. All are frozen. Keys are given by the mapping that
holds an item: `Figure.key` is `corridor.volume`, `Fact.key` is `astana-talks.18`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from bot.content.dates import When
from bot.content.values import Value

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,26}$")]
"""Two names and a dot fit into the 64 bytes of a button, with room for its verb."""
Line = Annotated[str, Field(min_length=1, max_length=300)]
Status = Literal["reported", "claim", "estimate", "forecast", "target"]
FactKind = Literal["statement", "figure", "claim", "forecast", "expectation", "judgement"]
Part = Literal["by", "to", "through", "at"]
PARTS: tuple[Part, ...] = get_args(Part)
FactRef = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*\.[0-9]+$")]


def _when(raw: Any) -> When:
    return raw if isinstance(raw, When) else When.parse(str(raw))


def _value(raw: Any) -> Value:
    return raw if isinstance(raw, Value) else Value.parse(str(raw))


Edtf = Annotated[
    When,
    BeforeValidator(_when),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": ["string", "integer"], "description": "a date in EDTF"}),
]
Quantity = Annotated[
    Value,
    BeforeValidator(_value),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": ["string", "number"],
            "description": "4.5, about 4.5, over 550, at most 3, 15..18, x3 of ?",
        }
    ),
]


def _several(raw: Any) -> Any:
    return (raw,) if isinstance(raw, str) else raw


Facts = Annotated[tuple[FactRef, ...], BeforeValidator(_several), Field(min_length=1)]
"""One fact or a list of them."""


Computed = Annotated[SkipJsonSchema[str], Field(exclude=True)]
"""Worked out from the names around it: neither typed in a file nor kept in a revision."""


class Item(BaseModel):
    """What every model here shares: frozen, and strict about unknown keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        use_attribute_docstrings=True,
    )


# --- source cards: seeds/*.yaml ------------------------------------------------------------


class Fact(Item):
    """One numbered statement of a source, in our own words, with its place there.

    `says` may hold `{value}`, printed with its unit. `by` is who says so; without it the
    source's author does.
    """

    key: Computed = ""
    paragraph: int = Field(ge=1)
    kind: FactKind
    says: Annotated[str, Field(min_length=1, max_length=600)]
    by: str | None = None
    value: Quantity | None = None
    unit: str | None = None
    period: Edtf | None = None
    note: str | None = None


class Source(Item):
    """One document that we rely on. `name` is how a citation calls it: "report on ..."."""

    source: Slug
    file: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    title: Line
    name: Line
    publisher: str | None = None
    published: Edtf | None = None
    day: Line
    """What is known of its date, in words for a reader: "a Monday after 7 October 2025"."""
    as_of: Edtf
    note: str | None = None
    facts: dict[int, Fact]


# --- dossiers: briefings/*.yaml ------------------------------------------------------------


class Unit(Item):
    """A unit for one and for many: `{one: day, other: days}`; a string serves both."""

    one: str
    other: str
    sign: str | None = None
    """Written directly before the number: `$` in "$550 million"."""
    scale: int = Field(default=1, ge=1)
    """How many base units one is, so that millions compare with billions."""

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, raw: Any) -> Any:
        return {"one": raw, "other": raw} if isinstance(raw, str) else raw


class Observation(Item):
    """What one source said a figure was for one period. `fact` is one fact or several."""

    key: Computed = ""
    """`corridor.volume@2024:astana-talks`: what a receipt keeps."""
    figure: Computed = ""
    period: Edtf
    value: Quantity
    fact: Facts
    status: Status = "reported"
    period_says: str | None = None
    """How to write the period where EDTF cannot: "in the near future"."""
    as_of: Edtf | None = None
    """Since when it holds; the source's own date unless given."""
    by: str | None = None
    note: str | None = None


class Figure(Item):
    """A named quantity. `observations` stand in the order of their periods."""

    key: Computed = ""
    name: Line
    short: Line | None = None
    """A few words that stand behind the number: "on the Middle Corridor"."""
    unit: Unit
    aliases: tuple[str, ...] = ()
    review_by: Edtf | None = None
    observations: tuple[Observation, ...]


class Role(Item):
    """Who plays which part in what is written, countries or people and bodies by their names.

    `by` does it, or is what is spoken of; `to` are whom or where it is for, on or against;
    `through` what is crossed; `at` where it is. A part that is left out anybody may play; an empty
    list nobody. `does` are the verbs for what is done, where others would be wrong.
    """

    by: tuple[str, ...] | None = None
    to: tuple[str, ...] | None = None
    through: tuple[str, ...] | None = None
    at: tuple[str, ...] | None = None
    does: tuple[str, ...] = ()

    @property
    def parts(self) -> dict[Part, tuple[str, ...]]:
        """The parts that are written down, with those who play them."""
        found = {part: getattr(self, part) for part in PARTS}
        return {part: names for part, names in found.items() if names is not None}


class Section(Item):
    """A heading and prose. Prose names figures (`{volume@2024}`) and types no digits."""

    key: Computed = ""
    title: Line
    text: Annotated[str, Field(min_length=1, max_length=6000)]
    fact: Facts
    aliases: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    """Figures that belong to this section beside those that its prose names."""
    roles: tuple[Role, ...] = ()
    """Who does what to whom in it; a question that none of them fits is not answered by it."""


class Event(Item):
    """Something that happened, dated no more precisely than its source."""

    key: Computed = ""
    date: Edtf
    title: Annotated[str, Field(min_length=1, max_length=300)]
    fact: Facts
    day: str | None = None
    """How to write the date where EDTF cannot: "a Monday after 7 October 2025"."""
    roles: tuple[Role, ...] = ()
    """Who does what to whom; a question that none of them fits is not answered by it."""


class Step(Item):
    """One step of a tracker. Where no source speaks, `silent` names who is silent."""

    key: Computed = ""
    title: Line
    state: Literal["reached", "not_reached", "open"]
    says: Line
    fact: Annotated[tuple[FactRef, ...], BeforeValidator(_several)] = ()
    silent: Annotated[tuple[Slug, ...], BeforeValidator(_several)] = ()


class Tracker(Item):
    """A thing that moves: `steps` reached, or a `figure` beside its `goal`.

    `figure` and `goal` are references `name@period`. A bar is drawn only where both are
    numbers; a forecast without a base year is told in words.
    """

    key: Computed = ""
    title: Line
    steps: dict[Name, Step] = {}
    figure: str | None = None
    goal: str | None = None
    says: str | None = None
    """A line of prose beside it; `{...}` allowed."""


class Term(Item):
    """A glossary entry."""

    key: Computed = ""
    name: Line
    means: Annotated[str, Field(min_length=1, max_length=600)]
    fact: Facts
    aliases: tuple[str, ...] = ()


class Person(Item):
    """A person or body that the dossiers name, with the role that the source gives."""

    key: Computed = ""
    name: Line
    role: Line
    fact: Facts
    aliases: tuple[str, ...] = ()


class Watch(Item):
    """One thing to look out for; prose, so `{...}` is allowed."""

    key: Computed = ""
    text: Line
    fact: Facts


class Dossier(Item):
    """One topic as its editor keeps it."""

    dossier: Name
    command: Name
    title: Line
    menu: Annotated[str, Field(min_length=1, max_length=60)]
    """The command's line in Telegram's menu."""
    place: int = Field(default=100, ge=1, le=999)
    """Where it stands among the topics, the smallest first; equals by name."""
    lead: Annotated[str, Field(min_length=1)]
    """At most 300 characters once its figures are printed."""
    held_up: str | None = None
    """One more line of the summary, after the key figures; prose."""
    key_figures: tuple[str, ...] = ()
    """References `name@period`, in the order of the summary: values, or `a vs b`, `a of b`."""
    aliases: tuple[str, ...] = ()
    synonyms: dict[str, tuple[str, ...]] = {}
    embargo: datetime | None = None
    figures: dict[Name, Figure] = {}
    sections: dict[Name, Section] = {}
    events: dict[Name, Event] = {}
    trackers: dict[Name, Tracker] = {}
    watch: dict[Name, Watch] = {}
    people: dict[Name, Person] = {}
    terms: dict[Name, Term] = {}


# --- editions: briefings/editions.yaml -----------------------------------------------------


class Block(Item):
    """One part of an edition's recipe; exactly one of its keys is given.

    `changes: true`, `tracker: transit.ban`, `figures: [corridor.volume@2024]` with an
    optional `title`, or `watch: [watch.armenia]`. A block with `full: true` is left out
    of the short length.
    """

    title: Line | None = None
    changes: bool = False
    tracker: str | None = None
    figures: tuple[str, ...] = ()
    watch: tuple[str, ...] = ()
    full: bool = False

    @property
    def topic(self) -> str | None:
        """The dossier that this block is about; None where it is about all."""
        names = (self.tracker, *self.figures, *self.watch)
        return next((name.partition(".")[0] for name in names if name), None)


class Edition(Item):
    """A recipe for a regular summary. `late` is how long after its hour it is still sent."""

    key: Computed = ""
    title: Line
    menu: Line
    time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = None
    days: Annotated[str, Field(pattern=r"^[a-z]{3}([-;][a-z]{3})*$")] | None = None
    late: Annotated[str, Field(pattern=r"^\d{1,3}[hm]$")] = "3h"
    ambiguous: Literal["hold", "resend"] = "hold"
    on: tuple[Literal["tracker", "figure", "section"], ...] = ()
    """What kinds of change send it at once; only for alerts."""
    blocks: tuple[Block, ...] = ()


class Editions(Item):
    """The file `editions.yaml`."""

    editions: dict[Name, Edition]


# --- how readers ask: briefings/questions/*.yaml --------------------------------------------

Leads = Annotated[str, Field(min_length=1, max_length=400)]


class Questions(Item):
    """A file of `questions/`: readers' wordings, each with what answers it.

    `figure corridor.volume`, `section corridor.aktau | event corridor.ebrd_loan`, or `none`
    where the briefings do not cover it. A day in brackets behind a wording is the day on which
    it is asked.
    """

    questions: dict[str, Leads]
