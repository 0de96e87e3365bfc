"""The demo's cast: who is there when the page opens, and where.

The ids are fixed, so that an app may name Ed as its admin before the world exists.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.chats import Person
from bot.sandbox.world import World

ADA, ZOE, ED, BEN = 1001, 1002, 1003, 1004


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone whom the page may act as. Telegram knows no zone; the page shows times in it."""

    person: Person
    zone: str
    note: str


@dataclass(frozen=True, slots=True)
class City:
    """A place that can be sent as a location."""

    name: str
    zone: str
    latitude: float
    longitude: float


CITIES = (
    City("Almaty", "Asia/Almaty", 43.238, 76.945),
    City("Ankara", "Europe/Istanbul", 39.934, 32.860),
    City("Astana", "Asia/Almaty", 51.129, 71.431),
    City("Baku", "Asia/Baku", 40.410, 49.867),
    City("Berlin", "Europe/Berlin", 52.520, 13.405),
    City("Brussels", "Europe/Brussels", 50.847, 4.352),
    City("London", "Europe/London", 51.507, -0.128),
    City("New York", "America/New_York", 40.713, -74.006),
    City("Tashkent", "Asia/Tashkent", 41.299, 69.240),
    City("Tbilisi", "Asia/Tbilisi", 41.716, 44.783),
    City("Tokyo", "Asia/Tokyo", 35.690, 139.692),
    City("Yerevan", "Asia/Yerevan", 40.179, 44.513),
)


def furnish(world: World) -> tuple[Actor, ...]:
    """People the world for a demo: four persons, a group, a group with topics, a channel."""
    ada = world.person("Ada", username="ada", language_code="en", user_id=ADA)
    zoe = world.person("Zoe", username="zoe", language_code="ru", user_id=ZOE)
    ed = world.person("Ed", username="ed", language_code="en", user_id=ED)
    ben = world.person("Ben", username="ben", language_code="de", user_id=BEN)
    everyone = (ada, zoe, ed, ben)
    for person in everyone:
        world.private(person)
    world.group("The Club", ada, members=(zoe, ben))
    desk = world.supergroup("Transit desk", ed, members=(ada, zoe), forum=True)
    world.topic(ed, desk, "Corridor")
    world.topic(ed, desk, "Trade")
    world.channel("Corridor notes", ed, members=(ada, zoe, ben), username="corridor_notes")
    return (
        Actor(ada, "Europe/London", "reads English"),
        Actor(zoe, "Asia/Almaty", "reads Russian"),
        Actor(ed, "Asia/Tbilisi", "edits, admin"),
        Actor(ben, "Europe/Berlin", "reads German"),
    )
