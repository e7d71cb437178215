"""The place, or the person, that a report is about. Business rule 4: city, district, hall; a clerk by staff number."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from storage.access import Level, level, upwards
from storage.database import Database
from storage.views import reporting
from storage.views.reporting import Place


class Scope(Struct, frozen=True):
    """``halls`` are all halls at ``node`` and below; ``staff`` is set when the report is about one person."""

    node: str
    name: str
    halls: tuple[str, ...]
    staff: str = ""

    @property
    def is_hall(self) -> bool:
        """Whether it lies within one hall."""
        return level(self.node) is Level.HALL


class UnknownScope(ValueError):
    """No place and nobody: what was given, and the places that could be."""

    def __init__(self, text: str, known: tuple[str, ...]) -> None:
        super().__init__(text)
        self.known = known


def find(db: Database, text: str) -> Scope:
    """The place or person of a code; "" is the hall of this PC, else the highest place there is. Raises UnknownScope."""
    known = {one.code: one for one in reporting.places(db)}
    parents = {one.code: one.parent for one in known.values() if one.parent}
    halls = [code for code, one in known.items() if level(code) is Level.HALL and one.name]
    wanted = text.strip().upper() or reporting.own_hall(db) or _top(halls, parents)
    below = tuple(code for code in halls if wanted in upwards(code, parents))
    if below:
        return Scope(wanted, _name(wanted, known), below)
    person = reporting.people(db).get(wanted)
    if person is None or person.hall not in halls:
        raise UnknownScope(text, _places(halls, parents))
    return Scope(person.hall, person.name or wanted, (person.hall,), wanted)


def _name(code: str, known: Mapping[str, Place]) -> str:
    return (known[code].name if code in known else "") or code


def _places(halls: list[str], parents: Mapping[str, str]) -> tuple[str, ...]:
    """Every place that has halls, the highest first."""
    found = {node for hall in halls for node in upwards(hall, parents)}
    return tuple(sorted(found, key=lambda node: (-level(node), node)))


def _top(halls: list[str], parents: Mapping[str, str]) -> str:
    """The lowest place that all halls have in common."""
    chains = [upwards(hall, parents) for hall in halls]
    common = [node for node in (chains[0] if chains else []) if all(node in chain for chain in chains)]
    return common[0] if common else ""
