"""What is wrong with a port or a device, in a sentence and with the next step: for commands, screens and reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from devices.bindings import BindingError
from devices.errors import PortError
from devices.technician.findings import Code, Finding, of_error
from hallterm.locale import N_, _


class Words(Struct, frozen=True):
    """What is wrong, what to do about it, and a command or text to copy ("" if there is none)."""

    what: str
    step: str
    copy: str = ""

    @property
    def sentence(self) -> str:
        """Both in one line."""
        return f"{self.what} {self.step}".strip()


WORDS: Mapping[Code, tuple[str, str]] = {
    Code.ABSENT: (N_("There is no port {port}."), N_("Check the cable; hallterm device list shows what is there.")),
    Code.DENIED: (
        N_(
            "No permission to open {port} (owner {owner}, group {group}, mode {mode}; user {user} is not in the group)."
        ),
        N_("Add the user to the group as below, sign out and in again."),
    ),
    Code.BUSY: (
        N_("{port} is in use by {program} (process {pid})."),
        N_("End that program, or let it give the port back."),
    ),
    Code.UNPLUGGED: (
        N_("{port} was unplugged."),
        N_("Plug it in again: it is found and used again by itself."),
    ),
    Code.SNATCHED: (
        N_("{port} appeared and was gone at once: brltty or ModemManager took it."),
        N_("Put the line below into /etc/udev/rules.d/99-hallterm.rules and plug it in again."),
    ),
    Code.UNREADABLE: (
        N_("{port} sends bytes that mean nothing: another speed or another kind of device."),
        N_("Identify it: that tries every speed."),
    ),
    Code.SILENT: (
        N_("Nobody answers at {port}."),
        N_("Check power and cable; relays and pads of the FF 68 line never answer, try them by ear."),
    ),
    Code.WRONG_SERIAL: (
        N_("The wrong device is at {port}: it should be {expected}, it is {found}."),
        N_("Exchange the cables, or swap the two bindings."),
    ),
    Code.WRONG_KIND: (
        N_("The device at {port} does not fit its binding ({what})."),
        N_("Bind it anew, or plug in the right one."),
    ),
    Code.STUCK: (
        N_("The device at {port} takes no data (off, out of paper, or a broken wire)."),
        N_("Check power, paper, cable and flow control."),
    ),
    Code.ECHO: (
        N_("The line at {port} brings back what is sent (RS-485 echo)."),
        N_("Nothing to do: echoes are passed over and stand in the report."),
    ),
    Code.REFUSED: (
        N_("{port} cannot do {baud} {format}."),
        N_("Choose a speed that the adapter has."),
    ),
    Code.FLOODING: (
        N_("{port} sends more than its line can carry."),
        N_("Unplug the adapter and plug it in again; if it goes on, replace it."),
    ),
    Code.OUT_OF_TIME: (
        N_("{port} was not identified within {spent_s} seconds."),
        N_("Try again; a slow or disturbed line needs longer."),
    ),
}
BUSY_UNKNOWN = (
    N_("{port} is in use by another program."),
    N_("End it (an old calling program, a terminal program), or unplug the device once."),
)
DENIED_UNKNOWN = N_("No permission to open {port}.")
COPY: Mapping[Code, str] = {
    Code.DENIED: "sudo usermod -aG {group} {user}",
    Code.SNATCHED: 'SUBSYSTEM=="tty", ENV{ID_MM_DEVICE_IGNORE}="1", ENV{ID_MM_PORT_IGNORE}="1", ENV{BRLTTY_BRAILLE_DRIVER}=""',
}

REFUSALS: Mapping[str, str] = {
    "unknown_device": N_("No such device is bound; hallterm device list shows what is."),
    "unknown_request": N_("The station is older than this program: restart it."),
    "bad_file": N_("The bindings are wrong: {table}, {key} is {found}, expected {expected}. Nothing was changed."),
    "not_written": N_("The bindings cannot be written. Check the rights and the space of the configuration folder."),
    "no_file": N_("The station was started without a configuration folder. Restart it."),
    "not_watched": N_("The station shows no lines now. Restart it, or let the port be lent: that stops the device."),
    "watched": N_("Four others watch lines of this PC already. Close one of them first."),
    "no_answer": N_("The station does not answer. Restart it and try again."),
}


def finding_words(finding: Finding) -> Words:
    """The sentence of a finding."""
    what, step = WORDS[finding.code]
    if finding.code is Code.BUSY and not finding.values.get("program"):
        what, step = BUSY_UNKNOWN
    if finding.code is Code.DENIED and not finding.values.get("group"):
        return Words(_(DENIED_UNKNOWN).format(**finding.values), _(step))
    copy = COPY.get(finding.code, "")
    if finding.code is Code.DENIED:
        copy = copy.format(**finding.values)
    return Words(_(what).format(**finding.values), _(step).format(**finding.values), copy)


def error_words(error: PortError) -> Words:
    """The sentence of a port's error."""
    return finding_words(of_error(error))


def refusal_words(answer: Mapping[str, Any]) -> str:
    """Why the station did not do what it was asked; ``answer`` as it stands on the board."""
    sentence = REFUSALS.get(str(answer.get("why", "")), REFUSALS["no_answer"])
    values = {name: answer.get(name, "") for name in ("table", "key", "found", "expected")}
    return _(sentence).format(**values)


def binding_words(error: BindingError) -> str:
    """What is wrong in the file of bindings."""
    return refusal_words(
        {"why": "bad_file", "table": error.table, "key": error.key, "found": error.found, "expected": error.expected}
    )
