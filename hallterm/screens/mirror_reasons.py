"""Why a bad level was given, on the mirror: digits choose and choose away, 0 ends; the level itself is kept already.

What was chosen when the time is over, or when the next person is called, is kept as well: it was said.
"""

from __future__ import annotations

from msgspec import Struct

from hallterm.locale import N_, _, language
from hallterm.widgets.cells import fit, width
from hallterm.widgets.lines import Row
from hallterm.workflows.explaining import Why
from storage.facts import Moment

NOTED = N_('Noted: "{level}". Thank you. You may say why (one or several, or none):')
NOTED_NEEDED = N_('Noted: "{level}". Thank you. Please say why (one or several):')
LEFT = N_("{seconds} s left. The digit again takes it back; what is marked * then is noted")
KEYS = N_("Keys: 1-{most} = choose   0 = done   other keys do nothing")
KEYS_NEEDED = N_("Keys: 1-{most} = choose   other keys do nothing")
NOT_NOTED = N_("Your reasons were not noted. Please press 0 again")
COLUMN_CELLS = 17
SETTLED_MS = 700
"""The digit of the level pressed twice is no reason."""


class Chosen(Struct, frozen=True):
    """What is ready to be kept."""

    rating: str
    codes: tuple[str, ...]


class Reasons:
    """The reasons of one rating while they can be given, as far as they are chosen."""

    def __init__(self) -> None:
        self._why: Why | None = None
        self._codes: list[str] = []
        self._ended = ""
        self._since_m = 0
        self.to_keep: Chosen | None = None
        """What the person has said and nobody has recorded yet."""

    @property
    def codes(self) -> tuple[str, ...]:
        """In the order of the list, however they were pressed."""
        why = self._why
        return tuple(one.code for one in why.options if one.code in self._codes) if why is not None else ()

    def see(self, why: Why | None, now: Moment) -> None:
        """What the store says now; a rating that is gone from the screen takes with it what was chosen."""
        if why is not None and self._why is not None and why.rating == self._why.rating:
            return
        self._leave()
        self._why, self._codes, self._since_m = why, [], now.m

    def asked(self, now: Moment) -> Why | None:
        """What is asked at this moment."""
        why = self._why
        return why if why is not None and why.rating != self._ended and now.t < why.until_t else None

    def second(self, now: Moment) -> None:
        """The time is over: what is chosen stands."""
        if self._why is not None and now.t >= self._why.until_t:
            self._leave()

    def digit(self, digit: int, now: Moment) -> None:
        """One key of the person."""
        why = self.asked(now)
        if why is None or now.m - self._since_m < SETTLED_MS:
            return
        if digit == 0:
            if self._codes or not why.needed:
                self._leave()
        elif digit <= len(why.options):
            code = why.options[digit - 1].code
            self._codes.remove(code) if code in self._codes else self._codes.append(code)

    def _leave(self) -> None:
        why = self._why
        if why is not None and why.rating != self._ended:
            self._ended = why.rating
            if self._codes:
                self.to_keep = Chosen(why.rating, self.codes)

    def kept(self) -> None:
        """It is recorded, or can never be."""
        self.to_keep = None

    def failed(self) -> None:
        """It could not be recorded now: the person may press again while he is asked, later it is tried by itself."""
        ready, why = self.to_keep, self._why
        if ready is not None and why is not None and ready.rating == why.rating:
            self.to_keep, self._ended = None, ""

    # drawn

    def rows(self, now: Moment, cells: int, *, roomy: bool) -> list[Row]:
        """The question and its list; nothing when nothing is asked."""
        why = self.asked(now)
        if why is None:
            return []
        words = _(NOTED_NEEDED if why.needed else NOTED).format(level=_(why.label))
        gap: list[Row] = [""] if roomy else []
        ends = "-" if why.needed and not self._codes else "0"
        left = _(LEFT).format(seconds=max(0, -((now.t - why.until_t) // 1000)))
        rows: list[Row] = ["", "  " + words, *gap, *self._list(why, cells, roomy)]
        return [*rows, *gap, f"      {ends}  {_('That is all')}", "", "  " + left]

    def _list(self, why: Why, cells: int, roomy: bool) -> list[Row]:
        """In one row where it fits, else one below the other."""
        names = [one.name(language()) for one in why.options]
        marks = ["*" if one.code in self._codes else " " for one in why.options]
        items = [f"{mark} {digit}  {name}" for digit, (mark, name) in enumerate(zip(marks, names, strict=True), 1)]
        one_row = "    " + "".join(fit(one, max(COLUMN_CELLS, width(one) + 3)) for one in items)
        if not roomy and width(one_row.rstrip()) < cells:
            return [one_row.rstrip()]
        return [row for one in items for row in (["    " + one, ""] if roomy else ["    " + one])]

    def last_row(self, now: Moment) -> str:
        """Row 24."""
        why = self.asked(now)
        if why is None:
            return ""
        words = KEYS_NEEDED if why.needed and not self._codes else KEYS
        return " " + _(words).format(most=len(why.options))
