"""Page 4, the modem lines: what happens on CTS, DSR, DCD and RI while DTR and RTS are switched off and on."""

from __future__ import annotations

from devices.technician.modem import ModemLines
from hallterm.locale import N_, _
from hallterm.screens.technician_page import told
from hallterm.widgets.cells import fit, right
from hallterm.widgets.lines import Ink, Row

NAMES = ("dtr", "rts", "cts", "dsr", "dcd", "ri")
NONE = N_("This port has no modem lines: a pseudo-terminal, or a converter without them. Nothing is wrong with it")
CELL = 7


def pin_rows(lines: ModemLines, cells: int) -> list[Row]:
    """A row a line, a column a step, and which of ours it follows."""
    if not lines.there:
        return told(_(NONE), cells)
    steps = "".join(right(str(number), CELL) for number in range(1, len(lines.steps) + 1))
    rows: list[Row] = [f" {fit(_('line'), CELL)}{steps}   {_('joined to')}"]
    for name in NAMES:
        levels = "".join(right("1" if getattr(step, name) else "0", CELL) for step in lines.steps)
        ours = name in NAMES[:2]
        follows = dict(lines.follows).get(name, "").upper()
        joined = _("driven by us") if ours else follows or _("nothing of ours")
        rows.append(((f" {fit(name.upper(), CELL)}{levels}   {joined}", Ink.GREEN if follows else Ink.PLAIN),))
    return rows
