"""The room's own Chinese catalogue, built in memory: no test writes into the tree."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from hallterm import locale

PO = Path(locale.__file__).parent / "zh_CN" / "rules.po"


@pytest.fixture(scope="session")
def catalogue() -> Catalog:
    """The room's translations."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


@pytest.fixture(scope="session")
def sentences(catalogue: Catalog) -> dict[str, str]:
    """The room's translations by source string."""
    found = {message.id: message.string for message in catalogue if message.id}
    assert all(isinstance(part, str) for pair in found.items() for part in pair)
    return {str(source): str(translated) for source, translated in found.items()}


@pytest.fixture
def speak_hall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chinese from the catalogue of the hall's rules for the rest of the test."""
    binary = BytesIO()
    with PO.with_name("rules_hall.po").open("rb") as file:
        write_mo(binary, read_po(file, locale="zh_CN"))
    binary.seek(0)
    monkeypatch.setattr(locale, "_translations", gettext.GNUTranslations(binary))


@pytest.fixture
def speak(catalogue: Catalog, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Switch the language for the rest of the test: ``speak("zh_CN")`` or ``speak("en")``."""
    binary = BytesIO()
    write_mo(binary, catalogue)

    def switch(language: str) -> None:
        binary.seek(0)
        chosen = gettext.GNUTranslations(binary) if language == "zh_CN" else gettext.NullTranslations()
        monkeypatch.setattr(locale, "_translations", chosen)

    switch("en")
    return switch
