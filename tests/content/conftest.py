from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.content.loader import accept
from bot.content.search import Index
from tests.content.quiz import ROOT

CORPUS = Path(__file__).parent / "corpus"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A copy of a small good desk: `briefings/` and `seeds/`."""
    folder = tmp_path / "desk"
    shutil.copytree(CORPUS, folder)
    return folder


@pytest.fixture(scope="session")
def library() -> Library:
    """The dossiers that the project brings."""
    return accept(ROOT / "briefings", ROOT / "seeds")


@pytest.fixture(scope="session")
def index(library: Library) -> Index:
    return Index(library)
