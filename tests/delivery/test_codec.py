"""JSON by the fast way says what Python's own says, also where the fast way refuses."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.delivery import codec

ANY = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-(2**63), 2**64 - 1)
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(some.characters(exclude_categories=[])),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=12,
)


@given(value=ANY)
def test_what_is_written_reads_the_same(value: object) -> None:
    kept = codec.write(value)
    kept.encode()
    assert json.loads(kept) == value
    assert codec.decode(json.dumps(value).encode()) == value
    codec.encode(value).decode()


def test_half_a_surrogate_pair_is_kept_and_sent_as_a_question_mark() -> None:
    assert codec.write("a\ud83db") == '"a\\ud83db"'
    assert codec.encode("a\ud83db") == b'"a?b"'
    assert codec.decode(b'"a\\ud83db"') == "a\ud83db"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"nonsense"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        codec.decode(body)
