"""However views and keys follow each other, what is painted is what the widgets hold."""

from __future__ import annotations

import random

from msgspec.structs import replace

from hallterm.widgets.lines import Lines, strip_of
from tests.hallterm.screens import views
from tests.hallterm.screens.conftest import Counter, Opened

KEYS = ("f4", "f6", "f", "ctrl+o", "ctrl+y", "escape", "ctrl+p", "f1", "insert", "ctrl+r", "down")
VIEWS = (views.idle, views.called, views.serving, views.paused, views.awaiting, views.on_break)


def _wrong(counter: Counter) -> list[str]:
    """Names of shown widgets whose cells are not their rows."""
    strips = counter.rows()
    found = []
    for lines in counter.screen.query(Lines):
        region = lines.region
        if not region or lines.id in ("field", "password"):
            continue
        for y in range(region.height):
            held = strip_of(lines.rows[y] if y < len(lines.rows) else "", region.width).text
            if held not in strips[region.y + y]:
                found.append(f"{lines.id} row {y}: {held!r} is not in {strips[region.y + y]!r}")
    return found


async def test_what_is_painted_is_what_the_widgets_hold(opened: Opened) -> None:
    chance = random.Random(20261124)
    async with opened(views.idle()) as counter:
        for seq in range(2, 80):
            view = chance.choice(VIEWS)()
            counter.app.tell(replace(view, seq=seq, groups=view.groups[: chance.randrange(5)]))
            counter.clock.wait_ms(1000)
            await counter.pilot.press(chance.choice(KEYS))
            if chance.random() < 0.3:
                await counter.settled()
                assert _wrong(counter) == []
        await counter.settled()
        assert _wrong(counter) == []
