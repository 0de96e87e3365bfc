from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.content.places import Word
from bot.content.schema import schemas, texts, write_files
from bot.content.tree import parse

CORPUS = Path(__file__).parent / "corpus"
ROOT = Path(__file__).parents[2]
FILES = {
    "briefings/corridor.yaml": "dossier",
    "briefings/trade.yaml": "dossier",
    "briefings/editions.yaml": "editions",
    "seeds/talks.yaml": "source",
}


def data_of(path: Path) -> object:
    tree = parse(path.read_bytes(), path.name).tree
    assert tree is not None
    return tree.data


def mistakes(
    schema: Mapping[str, object], node: object, root: Mapping[str, object]
) -> Iterator[str]:
    """A judge of its own for the words that our schemas use; fails on any other word."""
    known = {
        "$schema", "$ref", "$defs", "title", "description", "default", "type", "properties",
        "patternProperties", "additionalProperties", "required", "items", "anyOf", "enum",
        "pattern", "minLength", "maxLength", "minItems", "minimum", "maximum", "format",
    }  # fmt: skip
    assert set(schema) <= known, set(schema) - known
    if "$ref" in schema:
        definitions = root["$defs"]
        assert isinstance(definitions, dict)
        yield from mistakes(definitions[str(schema["$ref"]).rpartition("/")[2]], node, root)
    if isinstance(choices := schema.get("anyOf"), list):
        found = [list(mistakes(choice, node, root)) for choice in choices]
        if all(found):
            yield from found[0]
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(is_kind(str(kind), node) for kind in kinds):
            yield f"{node!r} is not {kinds}"
            return
    if isinstance(allowed := schema.get("enum"), list) and node not in allowed:
        yield f"{node!r} is not one of {allowed}"
    if isinstance(node, str):
        if isinstance(form := schema.get("pattern"), str) and not re.search(form, node):
            yield f"{node!r} is not like {form}"
        if len(node) < int(str(schema.get("minLength", 0))):
            yield "too short"
        if len(node) > int(str(schema.get("maxLength", 10**6))):
            yield "too long"
    if isinstance(node, list) and isinstance(inner := schema.get("items"), dict):
        if len(node) < int(str(schema.get("minItems", 0))):
            yield "too few"
        for item in node:
            yield from mistakes(inner, item, root)
    if isinstance(node, dict) and ("properties" in schema or "patternProperties" in schema):
        yield from inside(schema, node, root)


def inside(
    schema: Mapping[str, object], node: Mapping[str, object], root: Mapping[str, object]
) -> Iterator[str]:
    fields, forms = schema.get("properties", {}), schema.get("patternProperties", {})
    assert isinstance(fields, dict)
    assert isinstance(forms, dict)
    required = schema.get("required", [])
    assert isinstance(required, list)
    yield from (f"{name} is missing" for name in required if name not in node)
    for name, item in node.items():
        wanted = fields.get(name) or next(
            (inner for form, inner in forms.items() if re.search(form, name)), None
        )
        if wanted is not None:
            yield from mistakes(wanted, item, root)
        elif schema.get("additionalProperties") is False:
            yield f"{name} is not known"


def is_kind(kind: str, node: object) -> bool:
    match kind:
        case "object":
            return isinstance(node, dict)
        case "array":
            return isinstance(node, list)
        case "boolean":
            return isinstance(node, bool)
        case "integer":
            return isinstance(node, int) and not isinstance(node, bool)
        case "number":
            return (isinstance(node, int) and not isinstance(node, bool)) or (
                isinstance(node, Word) and node.why == "number"
            )
    return kind == "string" and isinstance(node, str)


@pytest.mark.parametrize(("file", "kind"), FILES.items())
def test_the_schemas_take_good_files(file: str, kind: str) -> None:
    schema = schemas()[kind]
    assert list(mistakes(schema, data_of(CORPUS / file), schema)) == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "briefings").glob("*.yaml")), ids=lambda it: it.name
)
def test_the_schemas_take_the_real_files(path: Path) -> None:
    schema = schemas()["editions" if path.name == "editions.yaml" else "dossier"]
    assert list(mistakes(schema, data_of(path), schema)) == []


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("    title: Bottlenecks\n", "", "title is missing"),
        ("review_by:", "reviewed_by:", "reviewed_by is not known"),
        ("title: Bottlenecks", "title: Bottlenecks\n    key: x", "key is not known"),
        ("status: forecast", "status: guess", "'guess' is not one of"),
        ("  bottlenecks:\n", "  Bottle necks:\n", "Bottle necks is not known"),
        ("fact: [talks.3]", "fact: []", "[] is not ['string']"),
        ("fact: [talks.3]", "fact: [talks]", "['talks'] is not ['string']"),
    ],
)
def test_the_schemas_refuse_what_check_refuses(old: str, new: str, mistake: str) -> None:
    text = (CORPUS / "briefings" / "corridor.yaml").read_text(encoding="utf-8")
    assert old in text
    tree = parse(text.replace(old, new).encode("utf-8"), "corridor.yaml").tree
    assert tree is not None
    schema = schemas()["dossier"]
    found = list(mistakes(schema, tree.data, schema))
    assert found
    assert found[0].startswith(mistake)


def test_a_schema_names_its_draft_and_offers_words_for_completion() -> None:
    for schema in schemas().values():
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert "description" in schema
    definitions = schemas()["dossier"]["$defs"]
    assert isinstance(definitions, dict)
    assert "key" not in definitions["Figure"]["properties"]
    assert "figure" not in definitions["Observation"]["properties"]
    assert "figure" in definitions["Tracker"]["properties"]
    assert [it.get("type") for it in definitions["Unit"]["anyOf"]] == ["string", "object"]
    says = definitions["Observation"]["properties"]["period_says"]
    assert says["description"].startswith("How to write the period")
    assert '"null"' not in json.dumps(schemas())


def test_the_written_files_are_those_of_the_models() -> None:
    folder = ROOT / "briefings" / "schema"
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == texts()


def test_the_files_are_written_where_one_says(tmp_path: Path) -> None:
    paths = write_files(tmp_path / "schema")
    assert {path.name for path in paths} == set(texts())
    assert all(json.loads(path.read_text(encoding="utf-8")) for path in paths)
