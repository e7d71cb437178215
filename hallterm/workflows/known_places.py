"""Places that a centre knows: those that have a name, those that were let in, and what stands above either.

A place that is mistyped takes what is decided for it to nobody, so it is refused with the known ones nearest to it.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

from hallterm.locale import N_, _
from hallterm.rules.words import Reason, Value
from storage import nodes
from storage.access import upwards
from storage.database import Database
from storage.views.places import place_names

UNKNOWN: Final = N_("{place} is not known here; near it: {near}. A new place is named first: hallterm admin hall set")
NOT_YET: Final = N_("{place} is not known here yet; near it: {near}. Its PC names it when it has joined.")
NOWHERE: Final = N_("{place} stands below nothing that is known here; near it: {near}")
MOST_NAMED: Final = 3
NEAR: Final = 0.5
SCOPES: Final = 'SELECT DISTINCT "scope" FROM node WHERE "scope" <> \'\''


def unknown(db: Database, place: str) -> Reason | None:
    """Why nothing is decided for a place that nobody knows; None where it is known, or nothing is yet."""
    known = _known(db)
    return Reason(UNKNOWN, _values(place, known)) if known and place not in known else None


def not_yet(db: Database, place: str) -> tuple[Reason, bool] | None:
    """What is to be said of a place that a PC shall join: a new hall below a known place comes to be known when it does;
    the second value is False for a code that stands nowhere in this tree.
    """
    known, above = _known(db), upwards(place, nodes.parents(db))[1:]
    if not known or place in known:
        return None
    stands = any(one in known for one in above) or any(place in upwards(one) for one in known)
    is_province = place.endswith("0000") and len(place) == len("360000") and place.isdigit()
    stands = stands or is_province
    return Reason(NOT_YET if stands else NOWHERE, _values(place, known)), stands


def _known(db: Database) -> dict[str, str]:
    """Codes with their names ("": none)."""
    names, parents = place_names(db), nodes.parents(db)
    there = [*names, *(str(scope) for (scope,) in db.rows(SCOPES))]
    return {one: names.get(one, "") for place in there for one in upwards(place, parents)}


def _values(place: str, known: dict[str, str]) -> dict[str, Value]:
    near = get_close_matches(place, known, MOST_NAMED, NEAR) or sorted(known)[:MOST_NAMED]
    return {"place": place[:32], "near": _(", ").join(f"{one} {known[one]}".strip() for one in near)}
