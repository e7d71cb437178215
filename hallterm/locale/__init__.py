"""Languages: gettext catalogues, Chinese by default. Source strings are English.

Each room keeps its own small ``zh_CN/<room>.po``; :func:`compile_catalogues` merges them into one binary catalogue,
which is made at installation and is not under version control.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
CATALOGUE = HERE / "zh_CN" / "LC_MESSAGES" / "hallterm.mo"
LANGUAGES = ("zh_CN", "en")

_translations: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def use(language: str) -> None:
    """Switch the process to ``zh_CN`` or ``en``; raises ValueError for any other name."""
    global _translations, _language
    if language not in LANGUAGES:
        raise ValueError(language)
    _translations = gettext.NullTranslations() if language == "en" else _chinese()
    _language = language


@cache
def _chinese() -> gettext.GNUTranslations:
    """The catalogue, read once a process."""
    if not CATALOGUE.exists():
        compile_catalogues()
    with CATALOGUE.open("rb") as file:
        return gettext.GNUTranslations(file)


def language() -> str:
    """The language in use."""
    return _language


def _(message: str) -> str:
    """The sentence in the language in use."""
    return _translations.gettext(message) if message else ""


def N_(message: str) -> str:
    """Mark a sentence of a table for translation; it is translated when shown."""
    return message


def compile_catalogues() -> Path:
    """Merge ``zh_CN/*.po`` into the binary catalogue and return its path."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    merged = None
    for path in sorted((HERE / "zh_CN").glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale="zh_CN")
        if merged is None:
            merged = catalogue
            continue
        for message in catalogue:
            if message.id:
                merged[message.id] = message
    if merged is None:
        raise FileNotFoundError(HERE / "zh_CN")
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    temporary = CATALOGUE.with_suffix(".tmp")
    with temporary.open("wb") as file:
        write_mo(file, merged)
    temporary.replace(CATALOGUE)
    _chinese.cache_clear()
    return CATALOGUE
