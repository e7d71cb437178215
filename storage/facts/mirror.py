"""Facts of the second screen: why a level was given, and what a person was shown to check."""

from __future__ import annotations

from storage.facts.base import Fact, kind
from storage.facts.sets import Scale


@kind("rating.explained")
class RatingExplained(Fact, frozen=True):
    """The reasons of a rating that is kept already: option codes of the list for its scale and level, and words.

    It changes no level and no figure. ``pad`` is what they came from; ``text`` at most 500 characters.
    """

    rating: str
    service: str
    staff: str
    day: str
    level: int
    scale: Scale
    codes: tuple[str, ...] = ()
    text: str = ""
    pad: str = ""


@kind("entry.shown")
class EntryShown(Fact, frozen=True):
    """The clerk shows what he entered and asks whether it is right. A later one of the same service takes its place.

    ``ref`` names the words in the vault, ``taxpayer`` the identity that was shown with them; both may be empty.
    """

    service: str
    visit: str
    window: str
    staff: str
    day: str
    ref: str = ""
    taxpayer: str = ""


@kind("entry.confirmed")
class EntryConfirmed(Fact, frozen=True):
    """The person at the window says that it is right."""

    shown: str
    service: str
    window: str
    staff: str


@kind("entry.disputed")
class EntryDisputed(Fact, frozen=True):
    """The person at the window says that something is wrong."""

    shown: str
    service: str
    window: str
    staff: str
