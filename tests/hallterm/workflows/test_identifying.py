"""Who is served: checked, sealed, named by a reference only, taken back within ten seconds."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
import pytest

from hallterm.workflows import counter
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.look import look
from storage.errors import StorageDenied
from storage.facts import PauseReason
from storage.views.identities import identified
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import Shift

PERSON, FIRM = "11010519491231002X", "91350100M000100Y43"
MASKED = "110***002X"


def sealed(shift: Shift) -> int:
    return int(shift.stores.vault.database.value("SELECT count(*) FROM identity"))


def known(shift: Shift, desk: Desk) -> str:
    window = shift.window(desk)
    return identified(shift.db, window.ticket, window.visit).ref


def holding(folder: Path, *texts: str) -> set[str]:
    """The files below a folder in which one of these stands."""
    wanted = [text.encode() for text in texts]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name for path in files if any(one in path.read_bytes() for one in wanted)}


def test_a_number_is_sealed_and_nothing_else_holds_it(shift: Shift, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk = shift.open()
    shift.serve(desk)
    done = shift.do(counter.identify, desk, " 110105 19491231-002x ")
    assert done.words.text().endswith(f"taxpayer {MASKED} noted. Backspace takes it back within 10 s")
    ref = known(shift, desk)
    assert shift.stores.vault.reveal(ref) == PERSON
    assert look(desk, shift.clock()).taxpayer == MASKED
    [fact] = shift.stores.facts("visit.identified")
    assert set(fact) == {"visit", "window", "staff", "ref", "hash", "ticket"}
    assert (fact["ref"], fact["window"], fact["staff"]) == (ref, f"{HALL}-01", "0317")
    folder = Path(shift.db.where).parent
    assert holding(folder, PERSON, PERSON[:17]) == set()
    assert holding(folder, ref) != set()  # what is looked for in the right way is found
    assert PERSON not in caplog.text
    shift.check()


def test_the_same_person_has_the_same_hash_which_says_nothing_without_the_key(shift: Shift) -> None:
    desk, other = shift.open(), shift.open(2, "0318")
    for one, number in ((desk, PERSON), (other, PERSON)):
        shift.serve(one)
        shift.do(counter.identify, one, number)
    shift.do(counter.identify, other, FIRM)
    first, second, third = (str(fact["hash"]) for fact in shift.stores.facts("visit.identified"))
    assert first == second != third
    assert len({str(fact["ref"]) for fact in shift.stores.facts("visit.identified")}) == 3
    shift.stores.vault.key_file.write_bytes(bytes(32))
    assert shift.stores.vault.keyed_hash(PERSON) != first


def test_it_is_taken_back_and_the_identity_is_forgotten(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    shift.do(counter.identify, desk, FIRM)
    before = known(shift, desk)
    done = shift.do(counter.identify, desk, PERSON)
    assert (sealed(shift), known(shift, desk) != before) == (2, True)
    shift.undo(desk, done, after_s=9)
    assert (sealed(shift), known(shift, desk)) == (1, before)
    assert look(desk, shift.clock()).taxpayer == "9135***0Y43"
    late = shift.do(counter.identify, desk, PERSON)
    with pytest.raises(Refused):
        shift.undo(desk, late, after_s=11)
    shift.check()


def test_a_called_person_keeps_the_name_from_leg_to_leg_and_the_next_one_has_none(shift: Shift) -> None:
    desk, other = shift.open(), shift.open(2, "0318")
    shift.call(desk)
    shift.do(counter.identify, desk, PERSON)
    shift.do(counter.start, desk)
    shift.do(counter.pause, desk, PauseReason.TAXPAYER_PAYMENT)
    assert look(desk, shift.clock()).taxpayer == MASKED
    shift.do(counter.transfer, desk, f"{HALL}-02")
    shift.do(counter.call, other)
    shift.do(counter.start, other)
    assert look(other, shift.clock()).taxpayer == MASKED
    shift.do(counter.walk_up, desk, "B02")
    assert look(desk, shift.clock()).taxpayer == ""
    shift.do(counter.identify, desk, FIRM)
    assert look(desk, shift.clock()).taxpayer == "9135***0Y43"
    shift.check()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("1101051949123100", "this number has 16 characters; such numbers have 15, 18 or 20"),
        ("110105194912310020", "one of its digits is wrong, the last one does not fit: compare it with the card"),
        ("91350100M000100Y4I", "there is a character in it that such a number cannot have: compare it with the card"),
        ("11010519491331002" + "X00", "its date of birth does not exist: compare it with the card"),
    ],
)
def test_a_number_that_cannot_be_is_refused_in_a_sentence_without_it(shift: Shift, number: str, words: str) -> None:
    desk = shift.open()
    shift.serve(desk)
    with pytest.raises(Refused) as why:
        shift.do(counter.identify, desk, number)
    assert words in why.value.reason.text()
    assert number not in why.value.reason.text()
    assert (sealed(shift), shift.stores.facts("visit.identified")) == (0, [])


def test_only_who_is_here_is_noted_and_a_refused_one_is_forgotten(shift: Shift) -> None:
    desk = shift.open()
    with pytest.raises(Refused) as why:
        shift.do(counter.identify, desk, PERSON)
    assert why.value.reason.text() == "nothing is being served"
    assert sealed(shift) == 0
    with pytest.raises(Refused):
        shift.do(counter.identify, msgspec.structs.replace(desk, vault=None), PERSON)


def test_a_vault_that_does_not_open_shows_stars_and_keeps_nobody_from_work(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk)
    shift.do(counter.identify, desk, PERSON)
    shift.stores.vault.key_file.unlink()
    assert look(desk, shift.clock()).taxpayer == "***"
    with pytest.raises(StorageDenied):
        shift.do(counter.identify, desk, FIRM)
    shift.stores.vault.forget(known(shift, desk))
    assert look(desk, shift.clock()).taxpayer == "***"
    shift.do(counter.finish, desk, after_s=60)
