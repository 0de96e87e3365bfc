"""Finding the entries that share words with a question, out of many. Tantivy, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Protocol

import tantivy
from tantivy import Document, Occur, Query

NAMED = 3.0
"""How much more a word of a name weighs than one of a sentence."""
_HEAP = 15_000_000


@dataclass(frozen=True, slots=True)
class Words:
    """An entry as a finder sees it: the stems of its names, and of its sentences and dossier."""

    named: Set[str]
    said: Set[str]
    dossier: str


class Finder(Protocol):
    """Whatever ranks entries by the words that they share with a question."""

    def find(self, words: Iterable[str], limit: int, dossier: str = "") -> Sequence[int]:
        """Numbers of entries, the likeliest first; of one dossier if given."""
        ...


class Tantivy:
    """BM25 over the stems of names and sentences."""

    def __init__(self, entries: Sequence[Words]) -> None:
        builder = tantivy.SchemaBuilder()
        for name in ("names", "said"):
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field("dossier", tokenizer_name="raw", index_option="basic")
        builder.add_integer_field("number", fast=True)
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        writer = index.writer(_HEAP, 1)
        for number, entry in enumerate(entries):
            # In one order, so that the same library always makes the same index.
            names, said = (" ".join(sorted(words)) for words in (entry.named, entry.said))
            writer.add_document(
                Document(names=names, said=said, dossier=entry.dossier, number=number)
            )
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def find(self, words: Iterable[str], limit: int, dossier: str = "") -> Sequence[int]:
        parts = []
        for word in words:
            named = Query.term_query(self._schema, "names", word, "freq")
            parts += [
                (Occur.Should, Query.boost_query(named, NAMED)),
                (Occur.Should, Query.term_query(self._schema, "said", word, "freq")),
            ]
        query = Query.boolean_query(parts)
        if dossier:
            only = Query.term_query(self._schema, "dossier", dossier, "basic")
            query = Query.boolean_query(
                [(Occur.Must, Query.const_score_query(only, 0.0)), (Occur.Must, query)]
            )
        hits = self._searcher.search(query, limit, count=False).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        return [int(number) for number in numbers if number is not None]
