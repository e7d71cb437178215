"""Headless terminals settle after each key, and share what they read at every start."""

import pytest

from tests.hallterm.settling import settle_presses
from tests.hallterm.stylesheets import share_sheets


@pytest.fixture(autouse=True)
def settling(monkeypatch: pytest.MonkeyPatch) -> None:
    settle_presses(monkeypatch)
    share_sheets(monkeypatch)
