"""``hallterm device compare``: every window beside the site's template, another window or a saved report."""

from __future__ import annotations

from pathlib import Path

import click

from devices.technician.report import ReportError, load
from hallterm.config import Settings
from hallterm.device_commands.looking import aligned
from hallterm.device_commands.place import FAILED, OK, Bench, Stop, as_json, guarded, must_write, same_place
from hallterm.locale import N_, _
from hallterm.workflows.technician.bindings import Bindings
from hallterm.workflows.technician.look import Ports
from hallterm.workflows.technician.site import (
    Compared,
    NotTaken,
    Template,
    compare,
    of_report,
    of_window,
    taken_over,
)

NO_TEMPLATE = N_("nothing is bound at window {name}, and there is no report of that name")
NO_REPORT = N_("{file} is no report of hallterm, or was changed")
ALIKE = N_("every window is as {name} has it")
TAKEN = N_("taken over: {role} of window {window}")
NOT_TAKEN = N_("not taken over: {role} of window {window} ({why})")

WHY = {
    NotTaken.OTHER_KIND: N_("another kind of device stands there"),
    NotTaken.EXTRA: N_("the template has no such device"),
    NotTaken.NOT_THERE: N_("not bound, and its port is not there"),
    NotTaken.IN_DEVICE: N_("its speed stands in the device"),
    NotTaken.SAME: N_("as it should be"),
}


def compare_windows(settings: Settings, name: str, window: str, take: bool, json: bool) -> int:
    """1 if something differs; ``take`` takes it over where that can be done from here."""

    def work() -> int:
        bench = Bench(settings)
        ports = bench.ports()
        template = _template(name, ports.bindings)
        rows = _rows(template, ports.bindings, window)
        taken: tuple[str, ...] = ()
        if take:
            must_write(settings.machine_folder)
            bindings, taken = _taken(rows, ports)
            if bindings != ports.bindings:
                bench.rebind(bindings)
                rows = _rows(template, bindings, window)
        differing = [one for one in rows if one.differs]
        if json:
            as_json([_plain(one) for one in rows])
        else:
            _say(taken, differing, name)
        return FAILED if differing else OK

    return guarded(work)


def _rows(template: Template, bindings: Bindings, window: str) -> tuple[Compared, ...]:
    """Of one window, or of all that have devices here."""
    named = {one.window for one in bindings if one.window}
    if window and not any(same_place(one, window) for one in named):
        named.add(window)
    return compare(template, bindings, sorted(one for one in named if not window or same_place(one, window)))


def _template(name: str, bindings: Bindings) -> Template:
    """A window's bindings, else the report of this name; Stop."""
    window = next((one.window for one in bindings if one.window and same_place(one.window, name)), None)
    if window is not None:
        return of_window(bindings, window, {})
    path = Path(name)
    if not path.is_file():
        raise Stop(_(NO_TEMPLATE).format(name=name))
    try:
        return of_report(load(path.read_text(encoding="utf-8")), path.name)
    except (ReportError, UnicodeDecodeError):
        raise Stop(_(NO_REPORT).format(file=name)) from None


def _taken(rows: tuple[Compared, ...], ports: Ports) -> tuple[Bindings, tuple[str, ...]]:
    """The bindings afterwards, and a sentence a row."""
    bindings, told = ports.bindings, []
    for one in rows:
        if not one.differs:
            continue
        after = taken_over(bindings, one, ports.rows, ports.infos)
        values = {"role": one.role, "window": one.window or "-"}
        if isinstance(after, NotTaken):
            told.append(_(NOT_TAKEN).format(why=_(WHY[after]), **values))
        else:
            bindings = after
            told.append(_(TAKEN).format(**values))
    return bindings, tuple(told)


def _say(taken: tuple[str, ...], differing: list[Compared], name: str) -> None:
    for sentence in taken:
        click.echo(sentence)
    if not differing:
        click.echo(_(ALIKE).format(name=name))
    for line in aligned([_cells(one) for one in differing]) if differing else ():
        click.echo(line)


def _cells(one: Compared) -> tuple[str, ...]:
    want = one.want.driver if one.want is not None else "-"
    have = one.have.driver if one.have is not None else "-"
    return str(one.role), one.window or "-", want, have, ", ".join(one.differs)


def _plain(one: Compared) -> dict[str, object]:
    return {
        "role": str(one.role),
        "window": one.window,
        "should_be": one.want.driver if one.want is not None else "",
        "is": one.have.driver if one.have is not None else "",
        "differs": [str(name) for name in one.differs],
    }
