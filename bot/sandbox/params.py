"""Reading parameters as the Bot API server does: everything is text, and much is forgiven.

Integers are read from their leading digits and clamped, booleans are `true`, `yes` or `1`, objects
are JSON. Inside JSON objects types are checked, in the words of the real server.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from bot.sandbox.chats import Payload
from bot.sandbox.refusals import bad

Upload = tuple[str, bytes, str]
"""A file sent along: name, content, media type."""

_LEADING = re.compile(r"-?\d+")
_WHOLE = re.compile(r"-?\d+\Z")


class Params:
    """The parameters and uploads of one call."""

    __slots__ = ("files", "values")

    def __init__(self, values: Mapping[str, object], files: Mapping[str, Upload]) -> None:
        self.values = values
        self.files = files

    def has(self, name: str) -> bool:
        """Whether it was sent, and not as null."""
        return self.values.get(name) is not None

    def text(self, name: str) -> str:
        """The parameter as text; empty when it was not sent.

        Raises a 400 where it cannot be UTF-8.
        """
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            if not value.isascii():
                try:
                    value.encode()
                except UnicodeEncodeError:
                    raise bad("strings must be encoded in UTF-8") from None
            return value
        return json.dumps(value)

    def integer(
        self, name: str, default: int = 0, low: int = -(2**31), high: int = 2**31 - 1
    ) -> int:
        """A whole number between `low` and `high`; what is none is 0."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool):
            return min(max(value, low), high)
        found = _LEADING.match(self.text(name))
        return min(max(int(found[0]) if found else 0, low), high)

    def number(self, name: str) -> float:
        """A number with a fraction; what is none is 0."""
        try:
            return float(self.text(name) or 0)
        except ValueError:
            return 0.0

    def boolean(self, name: str) -> bool:
        """True for true, yes and 1, in any case."""
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        return self.text(name).lower() in ("true", "yes", "1")

    def json(self, name: str, what: str) -> object:
        """The JSON value of a parameter, None when it was not sent; a 400 when it is no JSON."""
        value = self.values.get(name)
        if value is None or not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {what} JSON object") from None


class Field(ValueError):
    """What is wrong with a field of a JSON object; wrapped by whoever reads the object."""


def as_object(value: object) -> Payload:
    """The value as an object, or a Field error."""
    if not isinstance(value, dict):
        raise Field("Expected an Object")
    return value


def field_text(obj: Payload, name: str, *, required: bool = False) -> str:
    """A text field; numbers pass as text."""
    value = obj.get(name)
    if value is None:
        if required:
            raise Field(f'Can\'t find field "{name}"')
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Field(f'Field "{name}" must be of type String')
    text = str(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Field("Strings must be encoded in UTF-8") from None
    return text


def field_integer(obj: Payload, name: str, *, required: bool = False, default: int = 0) -> int:
    """A number field; text of digits passes as a number."""
    value = obj.get(name)
    if value is None:
        if required:
            raise Field(f'Can\'t find field "{name}"')
        return default
    if isinstance(value, str):
        if not _WHOLE.match(value):
            raise Field(f'Field "{name}" must be a valid Number')
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Field(f'Field "{name}" must be of type Number')
    return value


def field_boolean(obj: Payload, name: str) -> bool:
    """A true or false field, nothing else."""
    value = obj.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Field(f'Field "{name}" must be of type Boolean')
    return value


def field_list(obj: Payload, name: str) -> list[object]:
    """A list field; empty when absent."""
    value = obj.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Field(f'Field "{name}" must be of type Array')
    return value
