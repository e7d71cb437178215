"""The matter field: one input, three ways. Code (``B07``), pinyin initials (``fply``) or Chinese (``发票``).

A code takes effect at its third character, a first digit picks from the matters this clerk starts most, and from two
letters on a digit picks from the results. ``*3`` at the end sets the quantity.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.words import Reason
from storage.facts import ServiceTypeSet

MAX_RESULTS = 4

_INPUT = re.compile(r"(?P<words>[^*]*)(?:\*(?P<quantity>.*))?", re.DOTALL)
_CODE = re.compile(r"[A-Z][0-9]{2,}")
_PICK = re.compile(r"(?P<words>[^0-9]{2,}|[^\x00-\x7f]+)(?P<digit>[0-9])")

NO_CODE = N_("No code {code}. {letter} has {first}-{last}; type {letter} to see all")
NO_LETTER = N_("No code begins with {letter}. There are {letters}")
NOTHING = N_("Nothing found for {words}. Type a code, pinyin initials or Chinese")
NO_ROW = N_("There is no row {digit} in the list")
NO_BATCH = N_("{code} is done one at a time: leave out the quantity")
BAD_QUANTITY = N_("The quantity after * is a whole number from 1 to 999")


class Found(Struct, frozen=True):
    """What the field says so far.

    ``taken`` is set when the input settles one matter, ``results`` are at most four rows and ``more`` counts the rest;
    ``quantity`` is None unless typed; ``refused`` says what is wrong.
    """

    results: tuple[ServiceTypeSet, ...] = ()
    more: int = 0
    taken: ServiceTypeSet | None = None
    quantity: int | None = None
    refused: Reason | None = None


def find(text: str, catalogue: Iterable[ServiceTypeSet], usual: Sequence[str] = ()) -> Found:
    """Read the field. ``usual`` are the codes of the numbered list on the screen (most started first)."""
    matters = [matter for matter in catalogue if not matter.hidden]
    match = _INPUT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    assert match is not None
    words = match["words"].strip()
    found = _settle(words, matters, usual)
    typed = match["quantity"]
    if not typed:
        return found
    if not re.fullmatch(r"0*[1-9][0-9]{0,2}", typed):
        return Found(results=found.results, more=found.more, refused=Reason(BAD_QUANTITY))
    if int(typed) > 1 and found.taken and not found.taken.batchable:
        return Found(results=found.results, refused=Reason(NO_BATCH, {"code": found.taken.code}))
    return Found(found.results, found.more, found.taken, int(typed), found.refused)


def _settle(words: str, matters: list[ServiceTypeSet], usual: Sequence[str]) -> Found:
    if not words:
        return Found()
    if words.isascii() and words.isdigit():
        rows = [matter for code in usual for matter in matters if matter.code == code]
        return _row(words, rows) if len(words) == 1 else _refuse(NO_ROW, digit=words)
    if _CODE.fullmatch(words.upper()):
        return _code(words.upper(), matters)
    pick = _PICK.fullmatch(words)
    if pick:
        return _row(pick["digit"], _ranked(pick["words"], matters, usual)[:MAX_RESULTS])
    ranked = _ranked(words, matters, usual)
    if not ranked:
        return _nothing(words, matters)
    return Found(results=tuple(ranked[:MAX_RESULTS]), more=max(0, len(ranked) - MAX_RESULTS))


def _refuse(msgid: str, **values: str) -> Found:
    return Found(refused=Reason(msgid, {**values}))


def _row(digit: str, rows: Sequence[ServiceTypeSet]) -> Found:
    place = int(digit)
    if not 1 <= place <= len(rows):
        return _refuse(NO_ROW, digit=digit)
    return Found(taken=rows[place - 1], results=(rows[place - 1],))


def _code(code: str, matters: list[ServiceTypeSet]) -> Found:
    for matter in matters:
        if matter.code == code:
            return Found(taken=matter, results=(matter,))
    return _no_code(code, matters)


def _no_code(code: str, matters: list[ServiceTypeSet]) -> Found:
    same = sorted(matter.code for matter in matters if matter.code[0] == code[0])
    if same:
        return _refuse(NO_CODE, code=code, letter=code[0], first=same[0], last=same[-1])
    return _refuse(NO_LETTER, letter=code[0], letters=" ".join(sorted({matter.code[0] for matter in matters})))


def _nothing(words: str, matters: list[ServiceTypeSet]) -> Found:
    is_code_begun = re.fullmatch(r"[A-Z][0-9]", words.upper())
    return _no_code(words.upper(), matters) if is_code_begun else _refuse(NOTHING, words=words)


def _ranked(words: str, matters: list[ServiceTypeSet], usual: Sequence[str]) -> list[ServiceTypeSet]:
    """All matches: by code, then by initials, then by name; in each what this clerk starts most comes first."""
    places = {code: place for place, code in enumerate(usual)}
    ranks = ((_rank(words, matter), places.get(matter.code, len(places)), matter.code, matter) for matter in matters)
    return [matter for rank, _, _, matter in sorted((r for r in ranks if r[0] is not None), key=lambda r: r[:3])]


def _rank(words: str, matter: ServiceTypeSet) -> int | None:
    if matter.code.startswith(words.upper()):
        return 0
    if any(initials.startswith(words.lower()) for initials in matter.initials.lower().split()):
        return 1
    name = unicodedata.normalize("NFKC", matter.name_zh)
    return 2 if not words.isascii() and words in name else None
