from __future__ import annotations

import shutil
from pathlib import Path

import pytest

CORPUS = Path(__file__).parent / "corpus"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A copy of a small good desk: `briefings/` and `seeds/`."""
    folder = tmp_path / "desk"
    shutil.copytree(CORPUS, folder)
    return folder
