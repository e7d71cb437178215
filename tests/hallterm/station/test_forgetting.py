"""Identities of old visits leave the vault; what a case still needs, and what is young, stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.station.forgetting import forget_identities
from hallterm.workflows import counter
from storage.facts import CaseClosed, CaseOpened, CaseResult, EntryShown, Scale
from tests.hallterm.workflows.founded import at
from tests.hallterm.workflows.shift import MEI, WEI, Shift, make_hall, on_copy

PERSON, FIRM = "11010519491231002X", "91350100M000100Y43"


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    make_hall(tmp_path / "founded")
    with on_copy(tmp_path / "founded", tmp_path / "data") as made:
        yield made


def test_after_the_time_the_number_is_gone_and_the_hash_stays(shift: Shift, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    first, second = shift.open(1, MEI), shift.open(2, WEI)
    for desk, number in ((first, PERSON), (second, FIRM)):
        shift.serve(desk)
        shift.do(counter.identify, desk, number)
    facts, vault = shift.stores.facts("visit.identified"), shift.stores.vault
    shown = entry_shown(shift)
    person, firm = (str(fact["ref"]) for fact in facts)
    case = opened(shift)
    folder = Path(shift.db.where).parent

    def forgotten(day: str) -> int:
        return forget_identities(shift.stores.journal, folder, at("02:00", day))

    assert forgotten("2027-05-23") == 0, "180 days are not over"
    assert forgotten("2027-05-24") == 2
    assert (vault.reveal(person), vault.reveal(shown)) == (None, None)
    assert vault.reveal(firm) == FIRM, "its case is open"
    assert forgotten("2027-05-24") == 0
    with shift.stores.journal.write("0101", at("09:00", "2027-05-25")) as tx:
        tx.record(CaseClosed(case, CaseResult.RECTIFIED, in_time=True))
    assert forgotten("2028-05-20") == 0, "its case was closed less than a year ago"
    assert forgotten("2028-05-26") == 1
    assert vault.reveal(firm) is None
    assert [fact["hash"] for fact in facts] == [vault.keyed_hash(PERSON), vault.keyed_hash(FIRM)]
    assert [record.message for record in caplog.records if record.name.endswith("forgetting")] == [
        "2 identities of visits before 2026-11-25 are forgotten",
        "1 identities of visits before 2027-11-28 are forgotten",
    ]
    assert PERSON not in caplog.text
    shift.check()


def entry_shown(shift: Shift) -> str:
    """The reference of words that the first person was shown."""
    service = shift.service(shift.window(shift.desk(1, MEI)).service)
    ref = shift.stores.vault.seal("amount 88.50")
    with shift.stores.journal.write(MEI, shift.clock.after(1)) as tx:
        tx.record(
            EntryShown(
                service=service.id, visit=service.visit, window="360600001-01", staff=MEI, day="2026-11-24", ref=ref
            )
        )  # fmt: skip
    return ref


def opened(shift: Shift) -> str:
    """A case about what the second window served."""
    service = shift.window(shift.desk(2, WEI)).service
    visit = shift.service(service).visit
    with shift.stores.journal.write("0101", shift.clock.after(1)) as tx:
        return tx.record(
            CaseOpened(
                number="202611-0001", rating="r1", service=service, visit=visit, window="360600001-02", staff=WEI,
                code="B01", day="2026-11-24", level=2, scale=Scale.FIVE_SEED, real_name=True, contact_by_t=1, measure_by_t=2,
            )
        )  # fmt: skip
