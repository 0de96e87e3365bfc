"""Databases of both engines for processes to share."""

from __future__ import annotations

from tests.store.conftest import place, postgres_server, postgres_url, sqlite_template, sqlite_url

__all__ = ["place", "postgres_server", "postgres_url", "sqlite_template", "sqlite_url"]
