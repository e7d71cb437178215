"""The hall TV: last calls newest first, nothing of a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.workflows import counter
from hallterm.workflows.hall_tv import board_view
from hallterm.workflows.sign_on import sign_on
from hallterm.workflows.ticketing import issue
from storage.facts import PauseReason
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD, Stores, at, founded


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with founded(tmp_path) as made:
        sign_on(made.desk(2), made.vault, ADMIN, PASSWORD, at("08:31"))
        yield made


def test_a_call_is_on_top_with_its_window_and_a_recall_counts(stores: Stores) -> None:
    issue(stores.desk(), at("08:32"), "B")
    clerk = stores.desk(2, ADMIN)
    counter.call(clerk, at("08:33"))
    seen = board_view(stores.journal.database, HALL, at("08:34"))
    assert [(call.number, call.window, call.calls) for call in seen.calls] == [("B001", 2, 1)]
    assert seen.hall == "市办税厅"
    counter.recall(clerk, at("08:35"))
    again = board_view(stores.journal.database, HALL, at("08:36"))
    assert [(call.calls, call.called_t) for call in again.calls] == [(2, at("08:35").t)]


def test_a_window_that_pauses_takes_its_line_away(stores: Stores) -> None:
    issue(stores.desk(), at("08:32"), "B")
    clerk = stores.desk(2, ADMIN)
    counter.call(clerk, at("08:33"))
    counter.start(clerk, at("08:34"), "B07")
    assert board_view(stores.journal.database, HALL, at("08:35")).calls
    counter.pause(clerk, at("08:36"), PauseReason.TAXPAYER_LEFT)
    assert not board_view(stores.journal.database, HALL, at("08:37")).calls


def test_groups_wait_with_their_estimates(stores: Stores) -> None:
    for _ in range(3):
        issue(stores.desk(), at("08:32"), "B")
    groups = {one.prefix: one for one in board_view(stores.journal.database, HALL, at("08:33")).groups}
    assert groups["B"].waiting == 3
    assert groups["B"].estimate_min
    assert groups["H"].estimate_min is None
