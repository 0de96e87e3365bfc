"""The JSON Schema of the YAML files, for completion and red lines in an editor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic.json_schema import GenerateJsonSchema

from bot.content.model import Dossier, Editions, Item, Questions, Source

_MODELS: Mapping[str, type[Item]] = {
    "dossier": Dossier,
    "editions": Editions,
    "questions": Questions,
    "source": Source,
}
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_ONE_OR_MANY = frozenset({"fact", "silent"})


def schemas() -> dict[str, dict[str, object]]:
    """JSON Schema (draft 2020-12) by kind of file: dossier, editions, questions, source."""
    found: dict[str, dict[str, object]] = {}
    for name, model in _MODELS.items():
        plain = model.model_json_schema(schema_generator=GenerateJsonSchema)
        shaped = _shaped(plain, "")
        if isinstance(shaped, dict):
            found[name] = {"$schema": _DRAFT, **shaped}
    return found


def texts() -> dict[str, str]:
    """The schema files by name, as they stand in `briefings/schema/`."""
    return {
        f"{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas().items()
    }


def write_files(folder: Path) -> tuple[Path, ...]:
    """Write the schema files into a folder; OSError where that cannot be done."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in texts().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return tuple(paths)


def _shaped(node: object, name: str) -> object:
    """pydantic's schema as an editor of YAML needs it: shorter forms, one or many, no nulls."""
    if isinstance(node, list):
        return [_shaped(item, name) for item in node]
    if not isinstance(node, dict):
        return node
    shaped = {
        key: {inner: _shaped(item, inner) for inner, item in value.items()}
        if key in {"properties", "$defs"} and isinstance(value, dict)
        else _shaped(value, name)
        for key, value in node.items()
    }
    shaped = _without_null(shaped)
    _close_names(shaped)
    _plain_text(shaped)
    if name in _ONE_OR_MANY and shaped.get("type") == "array":
        return _one_or_many(shaped)
    if name == "Unit" and shaped.get("type") == "object":
        return _word_or_mapping(shaped)
    return shaped


def _without_null(node: dict[str, object]) -> dict[str, object]:
    """`X | None` is written by leaving the key out, so only X is proposed."""
    choices = node.get("anyOf")
    if not isinstance(choices, list):
        return node
    left = [choice for choice in choices if choice != {"type": "null"}]
    rest = {key: value for key, value in node.items() if key != "anyOf"}
    if rest.get("default", "") is None:
        del rest["default"]
    return {**rest, **left[0], **_described(rest)} if len(left) == 1 else {**rest, "anyOf": left}


def _described(node: Mapping[str, object]) -> dict[str, object]:
    return {key: node[key] for key in ("description",) if key in node}


def _close_names(node: dict[str, object]) -> None:
    """A mapping of names takes no other keys; facts are keyed by whole numbers."""
    if node.get("type") != "object" or "properties" in node:
        return
    if "patternProperties" in node:
        node["additionalProperties"] = False
    elif node.get("title") == "Facts" and "additionalProperties" in node:
        node["patternProperties"] = {"^[1-9][0-9]*$": node.pop("additionalProperties")}
        node["additionalProperties"] = False


def _plain_text(node: dict[str, object]) -> None:
    """pydantic wraps a reference to describe it; YAML editors show the description anyway."""
    if "default" in node and node["default"] in ([], {}):
        del node["default"]


def _one_or_many(node: dict[str, object]) -> dict[str, object]:
    # `minLength` is what pydantic writes for a list behind a validator of ours.
    least = node.pop("minLength", node.pop("minItems", None))
    many: dict[str, object] = {"type": "array", "items": node["items"]}
    if least is not None:
        many["minItems"] = least
    rest = {key: value for key, value in node.items() if key not in {"type", "items"}}
    return {**rest, "anyOf": [node["items"], many]}


def _word_or_mapping(node: dict[str, object]) -> dict[str, object]:
    rest: dict[str, object] = {key: node[key] for key in ("title", "description") if key in node}
    inner = {key: value for key, value in node.items() if key not in rest}
    return {**rest, "anyOf": [{"type": "string", "minLength": 1}, inner]}
