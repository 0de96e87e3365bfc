"""From plain data to models: every mistake of shape in our own words, at its place.

A file with mistakes still gives a model of what is left, so that the rules can tell the rest
in the same run. What was left out is named, so that nobody complains of references to it.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.content.model import Item
from bot.content.names import nearest
from bot.content.places import Keys, Tree
from bot.content.wording import NOUNS, missing, wrong
from bot.errors import Problem

Model = TypeVar("Model", bound=Item)

_ROUNDS = 60
_NOTHING = object()
_TEXTS = frozenset({"title", "name", "menu", "says", "text", "role", "means"})
"""Required texts; with one of them wrong, the rest of an item is still looked at."""


@dataclass(frozen=True, slots=True)
class Shaped(Generic[Model]):
    """A model where one could be made; `broken` are the places that were left out of it."""

    item: Model | None
    problems: tuple[Problem, ...]
    broken: frozenset[Keys]


def shape(model: type[Model], tree: Tree, stubs: Mapping[str, object]) -> Shaped[Model]:
    """Validate a tree. `stubs` stand in for required values of the root that are wrong."""
    data = {name: _copy(value) for name, value in tree.data.items()}
    problems: dict[Keys, Problem] = {}
    broken: set[Keys] = set()
    meant: set[Keys] = set()
    for keys, problem in list(_oddities(model, tree, data, ())):
        problems.setdefault(keys, problem)
        broken.add(keys)
        _drop(data, keys)
    for _ in range(_ROUNDS):
        try:
            item = model.model_validate(data)
        except ValidationError as error:
            wrong_places = _mistakes(model, tree, data, error)
            meant |= _meant(model, data, error)
        else:
            return Shaped(item, tuple(problems.values()), frozenset(broken))
        for keys, problem in wrong_places:
            # A place that was told already is not told again as missing; nor a misspelt one.
            if keys not in meant and not any(keys[: len(known)] == known for known in broken):
                problems.setdefault(keys, problem)
        blank = {keys for keys, _ in wrong_places if _blank(model, data, keys)}
        dropped = {_loose(model, data, keys) for keys, _ in wrong_places if keys not in blank}
        if () in dropped or dropped | blank <= broken:
            break
        broken |= blank
        for keys in sorted(dropped, key=len, reverse=True):
            broken.add(keys)
            _drop(data, keys)
            if len(keys) == 1 and keys[0] in stubs:
                data[str(keys[0])] = _copy(stubs[str(keys[0])])
    return Shaped(None, tuple(problems.values()), frozenset(broken))


def _copy(value: object) -> object:
    """A copy of plain data, so that the tree stays as the file has it."""
    if isinstance(value, dict):
        return {name: _copy(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_copy(inner) for inner in value]
    return value


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields that a file may hold: all save those that are worked out."""
    return {name: info for name, info in model.model_fields.items() if not info.exclude}


# --- what a place should hold --------------------------------------------------------------


def _strip(annotation: Any) -> Any:
    """The type itself, without `Annotated` and without `| None`."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in {Union, types.UnionType}:
            annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
        else:
            return annotation


def _below(annotation: Any, key: str | int) -> Any:
    """The type of `key` inside a type; None where it has no inside."""
    kind = _strip(annotation)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        info = kind.model_fields.get(str(key))
        return None if info is None else info.annotation
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return arguments[1]
    if get_origin(kind) is tuple:
        return arguments[0]
    return None


def _type_at(model: type[BaseModel], keys: Keys) -> Any:
    kind: Any = model
    for key in keys:
        kind = _below(kind, key)
        if kind is None:
            return None
    return _strip(kind)


def model_at(model: type[BaseModel], keys: Keys) -> type[BaseModel] | None:
    """The model that a place should hold, if it is a model."""
    kind = _type_at(model, keys)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _oddities(kind: Any, tree: Tree, value: object, keys: Keys) -> Iterator[tuple[Keys, Problem]]:
    """What pydantic would let through: computed keys, and numbers such as `01` for keys."""
    kind = _strip(kind)
    if isinstance(value, dict):
        here = kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
        whole = get_origin(kind) is dict and get_args(kind)[0] is int
        for name, inner in value.items():
            place = (*keys, name)
            if here and name in here.model_fields and name not in fields_of(here):
                yield (
                    place,
                    _problem(
                        tree,
                        place,
                        f"`{name}` is worked out from the names around it",
                        "leave it out",
                        key=True,
                    ),
                )
            elif whole and not (name.isdecimal() and name.isascii() and name[0] != "0"):
                yield (
                    place,
                    _problem(
                        tree,
                        place,
                        f"`{name}` is not the number of a fact",
                        "count the facts: `1:`, `2:`, `3:`",
                        key=True,
                    ),
                )
            elif whole and len(name) > 6:
                yield (
                    place,
                    _problem(
                        tree, place, f"`{name}` is too great a number", "count from 1", key=True
                    ),
                )
            else:
                yield from _oddities(_below(kind, name), tree, inner, place)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _oddities(_below(kind, index), tree, inner, (*keys, index))


# --- pydantic's errors, retold -------------------------------------------------------------


def _mistakes(
    model: type[BaseModel], tree: Tree, data: dict[str, object], error: ValidationError
) -> list[tuple[Keys, Problem]]:
    found: dict[Keys, Problem] = {}
    for detail in error.errors(include_url=False):
        keys, problem = _mistake(model, tree, data, detail)
        found.setdefault(keys, problem)
    return list(found.items())


def _mistake(
    model: type[BaseModel], tree: Tree, data: dict[str, object], detail: ErrorDetails
) -> tuple[Keys, Problem]:
    location = detail["loc"]
    keys = _existing(data, location)
    owner = model_at(model, keys)
    kind = detail["type"]
    if kind == "missing":
        name = str(location[-1])
        noun = NOUNS.get(owner.__name__, "here") if owner else "this"
        message, remedy = missing(name, noun)
        # Where the mapping itself is at fault the key of the mapping is marked.
        return (*keys, name), _problem(tree, keys, message, remedy, key=True)
    if kind == "extra_forbidden":
        name = str(location[-1])
        around = model_at(model, keys[:-1])
        known = fields_of(around) if around else {}
        noun = NOUNS.get(around.__name__, "this") if around else "this"
        close = nearest(name, known)
        remedy = f"write `{close[0]}`" if close else f"known are {', '.join(known)}"
        return keys, _problem(tree, keys, f"`{name}` is not known in {noun}", remedy, key=True)
    message, remedy = wrong(
        keys,
        detail,
        starts=_start(tree, keys),
        optional=_optional(model, keys),
        model=owner.__name__ if owner else None,
    )
    return keys, _problem(tree, keys, message, remedy, key="[key]" in location)


def _meant(model: type[BaseModel], data: dict[str, object], error: ValidationError) -> set[Keys]:
    """The places that misspelt keys were to fill."""
    found: set[Keys] = set()
    for detail in error.errors(include_url=False):
        if detail["type"] == "extra_forbidden":
            *keys, name = _existing(data, detail["loc"])
            around = model_at(model, tuple(keys))
            close = nearest(str(name), fields_of(around)) if around else ()
            found |= {(*keys, one) for one in close[:1]}
    return found


def _existing(data: object, location: tuple[int | str, ...]) -> Keys:
    """The part of pydantic's location that the file itself has."""
    keys: list[str | int] = []
    for part in location:
        inner = _inside(data, part)
        if inner is _NOTHING:
            break
        data = inner
        keys.append(part)
    return tuple(keys)


def _inside(data: object, part: int | str) -> object:
    if isinstance(data, dict):
        return data.get(part, _NOTHING)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return data[part]
    return _NOTHING


def _start(tree: Tree, keys: Keys) -> str:
    mark = tree.mark(keys)
    if mark.line > len(tree.lines):
        return ""
    return tree.lines[mark.line - 1][mark.column - 1 : mark.column + 1]


def _optional(model: type[BaseModel], keys: Keys) -> bool:
    if not keys:
        return False
    around = model_at(model, keys[:-1])
    info = around.model_fields.get(str(keys[-1])) if around else None
    return info is not None and not info.is_required()


def _problem(tree: Tree, keys: Keys, message: str, remedy: str, *, key: bool = False) -> Problem:
    return tree.problem(tree.mark(keys, key=key), message, remedy)


# --- leaving out what is wrong -------------------------------------------------------------


def _loose(model: type[BaseModel], data: dict[str, object], keys: Keys) -> Keys:
    """The smallest part around a mistake that a file can do without; () if there is none.

    List items are never taken out alone: the places of those behind them would shift.
    """
    for size in range(len(keys), 0, -1):
        place = keys[:size]
        if any(isinstance(part, int) for part in place):
            continue
        around = model_at(model, place[:-1])
        info = around.model_fields.get(str(place[-1])) if around else None
        held = place == _existing(data, place)
        if held and (info is None or not info.is_required()):
            return place
        if size == 1:
            return place
    return ()


def _blank(model: type[BaseModel], data: dict[str, object], keys: Keys) -> bool:
    """Put a mark where a required text is wrong or missing; whether this is such a place."""
    owner = model_at(model, keys[:-1])
    if len(keys) < 2 or keys[-1] not in _TEXTS or owner is None:
        return False
    if keys[-1] not in owner.model_fields or _optional(model, keys):
        return False
    around: object = data
    for part in keys[:-1]:
        around = _inside(around, part)
    if not isinstance(around, dict):
        return False
    around[keys[-1]] = "?"
    return True


def _drop(data: dict[str, object], keys: Keys) -> None:
    around: object = data
    for part in keys[:-1]:
        around = _inside(around, part)
    if isinstance(around, dict):
        around.pop(keys[-1], None)
