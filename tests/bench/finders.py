"""Other finders behind the same protocol as the product's, to be measured beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import tantivy
from tantivy import Document, Occur, Query

from bot.content.finder import NAMED, Words


class Fts5:
    """SQLite's own full-text search, in memory; its BM25, names weighed like everybody's."""

    def __init__(self, entries: Sequence[Words]) -> None:
        self._base = sqlite3.connect(":memory:", check_same_thread=False)
        self._base.execute(
            "CREATE VIRTUAL TABLE entries USING fts5(names, said, dossier UNINDEXED, "
            "detail = column, tokenize = \"unicode61 tokenchars '_.'\")"
        )
        self._base.executemany(
            "INSERT INTO entries(rowid, names, said, dossier) VALUES (?, ?, ?, ?)",
            (
                (number, " ".join(sorted(one.named)), " ".join(sorted(one.said)), one.dossier)
                for number, one in enumerate(entries, start=1)
            ),
        )
        self._base.execute("INSERT INTO entries(entries) VALUES ('optimize')")
        self._base.commit()

    def find(self, words: Iterable[str], limit: int, dossier: str = "") -> Sequence[int]:
        query = " OR ".join(f'"{word}"' for word in words)
        rows = self._base.execute(
            "SELECT rowid FROM entries WHERE entries MATCH ? AND (? = '' OR dossier = ?) "
            f"ORDER BY bm25(entries, {NAMED}, 1.0) LIMIT ?",
            (query, dossier, dossier, limit),
        )
        return [number - 1 for (number,) in rows]


class Tantivy:
    """A search engine in Rust, its index in memory."""

    def __init__(self, entries: Sequence[Words]) -> None:
        builder = tantivy.SchemaBuilder()
        for name in ("names", "said"):
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field("dossier", tokenizer_name="raw", index_option="basic")
        builder.add_integer_field("number", fast=True)
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        writer = index.writer(15_000_000, 1)
        for number, entry in enumerate(entries):
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
