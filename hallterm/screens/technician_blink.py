"""Finding a device by eye and ear: it flashes, beeps or switches once. Asked twice before, as people sit beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.bindings import Binding
from devices.technician.audible import beep_ff68, switch_relay
from devices.technician.outputs import blink as flash
from devices.technician.rig import rigged
from hallterm.locale import _
from hallterm.widgets.frame import NOT_DONE

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen
    from hallterm.screens.technician_page import Page

BUDGET_S = 5


def blink(page: Page) -> None:
    """Let the chosen device show itself."""
    binding = page.device
    if binding is not None:
        try_named(page.mode, binding, page.subject())


def try_named(mode: TechnicianScreen, binding: Binding, name: str) -> None:
    """Let the device that this binding describes show itself at the chosen port."""
    row = mode.chosen
    if row is None:
        return

    def told(shown: bool) -> None:
        if shown:
            mode.say(_("{device} flashed or beeped just now. Not seen? Check its power").format(device=name))
        else:
            mode.say(_("{device} does not answer: check its power and its cable").format(device=name), NOT_DONE)

    port = row.name
    mode.jobs.start(
        _("Blink {device}").format(device=name), lambda: _shown(binding, port), told, row=row, budget_s=BUDGET_S
    )


async def _shown(binding: Binding, port: str) -> bool:
    if binding.driver.endswith("_ff68"):
        await beep_ff68(port, binding.address, binding.line)
        return True
    if binding.driver.endswith("_lcus"):
        channel = binding.options.get("channel", 1)
        await switch_relay(port, channel if isinstance(channel, int) else 1, binding.line)
        return True
    async with rigged(binding, port) as rig:
        return await rig.identify() is not None and await flash(rig)
