"""Carrying bundles in tests: a stick, a centre at work, and the four steps between them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from storage.facts import SettingSet
from storage.journal import Journal
from sync import bundle, export
from sync.bundle import RECEIPT, BundleError
from sync.bundled import TakenIn, take_in
from sync.centre import Centre, Settings
from sync.feed import Intake
from sync.keys import NodeKey
from sync.metrics import Metrics
from sync.returned import Returned, take_receipt
from tests.sync.facts import at
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY


def office_at(open_journal: Callable[[], Journal]) -> Centre:
    return Centre(open_journal, CENTRE_KEY, Settings(300, lambda: at(900)), Metrics())


def write_out(device: Journal, stick: Path) -> list[Path]:
    return list(export.export(device, DEVICE_KEY, stick, at(50)).files)


def bring(office: Centre, path: Path) -> TakenIn:
    done = take_in(office, CENTRE_KEY, bundle.read(path))
    bundle.write(path.with_suffix(RECEIPT), done.receipt)
    return done


def bring_back(device: Journal, path: Path, key: NodeKey = DEVICE_KEY) -> Returned:
    return take_receipt(device, Intake(key), bundle.opened(bundle.read(path.with_suffix(RECEIPT)), key), at(1000).t)


def round_trip(device: Journal, office: Centre, stick: Path) -> list[Returned]:
    """Export, carry, import, bring back."""
    return [bring_back(device, path) for path in write_out(device, stick) if bring(office, path)]


def code_of(work: Callable[[], object]) -> str:
    with pytest.raises(BundleError) as error:
        work()
    return error.value.code


def copied(journal: Journal, path: Path) -> Journal:
    """Another disk with the same content."""
    journal.database.execute("VACUUM INTO ?", (str(path),))
    return Journal.open(path)


def settings_at(office: Centre, count: int, value: str = "1") -> None:
    with office.journal.write("-", at(5)) as tx:
        for n in range(count):
            tx.record(SettingSet(f"rating.timeout_{n}", value, "3301", "2026-03-02"))


def given(journal: Journal) -> int:
    return int(journal.database.value("SELECT count(*) FROM setting WHERE name LIKE 'rating.timeout_%'") or 0)
