"""Some of the disk is held back, and only where there is room."""

from __future__ import annotations

from pathlib import Path

from bot.store import ballast

MEGABYTE = 1 << 20


def test_the_ballast_is_really_written_and_comes_back_when_it_was_deleted(tmp_path: Path) -> None:
    for _ in range(2):
        assert ballast.keep(tmp_path, MEGABYTE)
        found = (tmp_path / ballast.NAME).stat()
        assert found.st_size == MEGABYTE
        assert found.st_blocks * 512 >= MEGABYTE
        (tmp_path / ballast.NAME).unlink()


def test_where_there_is_no_room_none_is_made(tmp_path: Path) -> None:
    assert not ballast.keep(tmp_path, 1 << 60)
    assert not ballast.keep(tmp_path / "missing", MEGABYTE)
    assert list(tmp_path.iterdir()) == []
