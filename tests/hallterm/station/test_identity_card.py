"""A clerk notes who is served by laying the card on a reader: through a real station, into the vault and nowhere else."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from devices.sim.card_reader import SimCardReader, made_up_card
from hallterm import locale
from hallterm.app import HalltermApp
from hallterm.keys import resolve
from hallterm.rules.day import local
from hallterm.rules.identity_words import masked
from hallterm.screens.counter import CounterScreen
from hallterm.station.cards import read_card
from hallterm.store import Store
from hallterm.workflows.look import look
from storage import clock
from storage.vault import Vault
from tests.hallterm.station.line import CLERK, HALL, Line, StationThread, wait_until
from tests.hallterm.station.test_cards import holds
from tests.hallterm.station.typist import Typist

W1 = f"{HALL}-01"


@asynccontextmanager
async def counter_of(line: Line) -> AsyncIterator[Typist]:
    """The counter of window 1 in a terminal of its own store, wired as a terminal is."""
    locale.use("en")
    store = Store(line.folder, lambda view: app.tell(view))
    app = HalltermApp(
        store=store,
        key_map=resolve(),
        screens={"counter": CounterScreen},
        first="counter",
        log_folder=line.folder / "log",
    )
    app.card_of = partial(read_card, line.folder)
    store.start()
    try:
        store.sit(window=W1, staff=CLERK)
        async with app.run_test(size=(80, 24)) as pilot:
            store.watch(look)
            yield Typist(app, pilot)
    finally:
        store.close(120)


async def asks_for_card(
    clerk: Typist, seen: Callable[[list[str]], bool], before: Callable[[], None] = lambda: None
) -> None:
    """Ins is pressed, and again after each word that the reader did not answer: on a busy machine it may be late."""
    while not seen(clerk.rows()):
        before()
        await clerk.press("insert")
        await clerk.until(lambda rows: seen(rows) or "does not answer" in rows[21])


async def test_a_card_on_the_reader_is_noted_and_stands_in_no_file_but_the_vault(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reader: SimCardReader = line.bench.add_card_reader("1", {"budget_ms": 500})
    card = made_up_card(7)
    running = StationThread(line.folder, line.bench)
    try:
        line.open()
        wait_until(lambda: line.device("id_card_reader") == "ready" and line.station_alive(), "the reader")
        line.serve()
        async with counter_of(line) as clerk:
            await clerk.sees("SERVING", 4)
            await clerk.press("ctrl+p", "full_stop")
            await clerk.sees("Ins reads the card", 23)
            await asks_for_card(clerk, lambda rows: "No card lies on the reader" in rows[21])
            shown = masked(card.number, local(clock.now().t).date())
            await asks_for_card(clerk, lambda rows: f"Taxpayer  {shown}" in rows[9], lambda: reader.put(card))
            assert shown == f"{card.number[:3]}***{card.number[-4:]}"
            assert card.number not in "".join(clerk.rows())
    finally:
        running.stop()
    [fact] = line.facts("visit.identified")
    assert revealed(line.folder, fact["ref"]) == card.number
    for secret in (card.number, card.name):
        assert holds(line.folder, secret) == []
        assert secret not in caplog.text
        assert secret not in str(fact)
    assert holds(line.folder, fact["ref"]) != []  # what is looked for in the right way is found


def revealed(folder: Path, ref: str) -> str | None:
    vault = Vault.open(folder)
    try:
        return vault.reveal(ref)
    finally:
        vault.close()
