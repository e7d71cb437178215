"""What a matter is called in the language of this terminal."""

from __future__ import annotations

from hallterm.locale import language
from storage.views import Matter


def matter_name(matter: Matter | None) -> str:
    """Its name; empty for one that nobody knows here."""
    if matter is None:
        return ""
    return matter.name_en if language() == "en" and matter.name_en else matter.name_zh
