"""A technician's report as a page of text, to be printed and signed."""

from __future__ import annotations

from collections.abc import Iterator

from devices.technician.findings import Code, Finding
from devices.technician.report import Report, ReportDevice, clean
from devices.technician.results import Outcome, Tried
from hallterm.device_names import code_word, keys_words, light_words, role_name, test_name
from hallterm.device_words import finding_words
from hallterm.locale import N_, _
from hallterm.widgets.cells import fit

COLUMNS = 72
OUTCOMES = {Outcome.PASS: N_("pass"), Outcome.FAIL: N_("FAIL"), Outcome.SKIPPED: N_("skipped")}
NEVER_IN_IT = N_("Not in this report: card data, ID numbers, names of visitors, passwords.")


def report_page(report: Report, sha256: str = "") -> str:
    """The page; ``sha256`` is the fingerprint of the file it belongs to."""
    return "\n".join(_lines(report, sha256)) + "\n"


def _lines(report: Report, sha256: str) -> Iterator[str]:
    head = report.report
    yield _("Report on devices").center(COLUMNS).rstrip()
    yield "=" * COLUMNS
    yield _("{site}, window {window}").format(site=head.site, window=head.window)
    began, ended = f"{head.started:%Y-%m-%d %H:%M}", f"{head.ended:%H:%M}"
    yield _("Technician {technician}, {began} to {ended}").format(technician=head.technician, began=began, ended=ended)
    if head.reason:
        yield _("Reason: {reason}").format(reason=clean(head.reason))
    yield f"hallterm {head.version}, {head.system}, {head.user} ({' '.join(head.groups)})"
    for device in report.device:
        yield ""
        yield from _device(device)
    for part in report.replaced:
        yield _("Replaced: {part}, old {old}, new {new}").format(part=part.part, old=part.old, new=part.new)
    yield ""
    for point in head.open_points:
        yield _("Open: {point}").format(point=clean(point))
    yield _("Result: {result}").format(result=light_words(head.result or report.light))
    yield _(NEVER_IN_IT)
    if sha256:
        yield _("Fingerprint {sha256}").format(sha256=sha256)
    yield ""
    yield _("Signature: ") + "_" * 30


def _device(device: ReportDevice) -> Iterator[str]:
    known = (device.model, device.serial, device.fw, _("address {address}").format(address=device.address))
    parts = [
        role_name(device.role),
        device.driver,
        *(one for one in known[:3] if one),
        known[3] if device.address else "",
    ]
    yield "-" * COLUMNS
    yield " ".join(part for part in parts if part)
    yield f"  {device.port.name} {device.line} {device.port.usb_serial} {device.port.location}".rstrip()
    if device.keys:
        yield "  " + _("keys {keys}").format(keys=keys_words(device.keys))
    for test in device.test:
        yield "  " + _test(test)
    for change in device.change:
        yield f"  {change.key}: {change.before} -> {change.after}"
    for fault in device.fault:
        words = finding_words(Finding(Code(fault.code), fault.values)).sentence
        yield f"  ! {words} {clean(fault.cause)}".rstrip()


def _test(test: Tried) -> str:
    figures = " ".join(f"{name}={value}" for name, value in test.figures.items())
    by = _("confirmed by {by}").format(by=test.confirmed_by) if test.confirmed_by else ""
    why = code_word(test.code)
    return " ".join(
        part for part in (fit(test_name(test.name), 14), _(OUTCOMES[test.outcome]), why, figures, by) if part
    )
