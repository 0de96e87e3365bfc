"""JSON as fast as it goes, and by Python's own rules where the fast way refuses.

The fast way refuses to write half of a surrogate pair and numbers beyond 64 bits; it reads such a
number as a float, so that it is nobody's id.
"""

from __future__ import annotations

import json

import orjson


def encode(value: object) -> bytes:
    """JSON for the wire; half of a surrogate pair, which Telegram would refuse, becomes a `?`.

    Raises TypeError for what is no JSON.
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def write(value: object) -> str:
    """JSON to be kept: half of a surrogate pair stays as its escape."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


def decode(body: bytes) -> object:
    """What JSON says. Raises ValueError where it is none, RecursionError where it is too deep."""
    try:
        return orjson.loads(body)
    except ValueError:
        return json.loads(body)
