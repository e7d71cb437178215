"""The matter field: code, pinyin initials or Chinese; what was found so far, and the rows that show it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from hallterm.locale import _
from hallterm.rules.matters import MAX_RESULTS, Found, find
from hallterm.rules.words import Reason
from hallterm.screens.counter_lists import matter_rows
from hallterm.widgets.lines import Row
from storage.facts import ServiceTypeSet
from storage.views import Matter

FIELD_CELLS = 14
ENTER_SWALLOWED_MS = 1_000


class Search(Struct, frozen=True):
    """What the field says now: rows of results, the matter it settles, the quantity after ``*``, or what is wrong."""

    rows: tuple[Row, ...]
    code: str = ""
    quantity: int = 0
    refused: Reason | None = None


def search(text: str, catalogue: Sequence[Matter], usual: Sequence[Matter], cells: int) -> Search:
    """Read the field; with nothing typed the usual matters are shown, and a first digit picks from them."""
    found = find(text, [_type_of(matter) for matter in catalogue], [matter.code for matter in usual])
    if not text.strip():
        return Search(tuple(_usual_rows(usual, cells)))
    rows = matter_rows(_matters(found, catalogue), cells)
    if found.more:
        rows.append("     " + _("{count} more, type another letter").format(count=found.more))
    code = found.taken.code if found.taken else ""
    return Search(tuple(rows), code, found.quantity or 0, found.refused)


def _usual_rows(usual: Sequence[Matter], cells: int) -> list[Row]:
    """As many rows as results ever have, so that the first letter paints no more; the others stand as codes in one."""
    rows = matter_rows(usual[:MAX_RESULTS], cells)
    others = [f"{digit}  {matter.code}" for digit, matter in enumerate(usual, start=1)][MAX_RESULTS:]
    return [*rows, "  " + "   ".join(others)] if others else rows


def _matters(found: Found, catalogue: Sequence[Matter]) -> list[Matter]:
    by_code = {matter.code: matter for matter in catalogue}
    return [by_code[result.code] for result in found.results]


def _type_of(matter: Matter) -> ServiceTypeSet:
    return ServiceTypeSet(
        code=matter.code,
        name_zh=matter.name_zh,
        name_en=matter.name_en,
        category=matter.category,
        ticket_prefix=matter.ticket_prefix,
        limit_min=matter.limit_min,
        number=matter.number,
        batchable=matter.batchable,
        completion_workdays=matter.completion_workdays,
        rating_required=matter.rating_required,
        initials=matter.initials,
        hidden=matter.hidden,
        tax_core_ref=matter.tax_core_ref,
    )
