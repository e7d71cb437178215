"""Headless terminals settle after each key."""

import pytest

from tests.hallterm.settling import settle_presses


@pytest.fixture(autouse=True)
def settling(monkeypatch: pytest.MonkeyPatch) -> None:
    settle_presses(monkeypatch)
