"""The reader of ID cards on a real pty: only when asked, within its budget, and nothing left behind."""

import logging
import threading

import pytest

from devices.card import CardCode, CardReading
from devices.events import DeviceState, Role
from devices.sim.bench import Bench
from devices.sim.card_reader import PHOTO_BYTES, MadeUpCard, SimCardReader, made_up_card
from tests.devices.conftest import PATIENCE_S, Hall, wait_until
from tests.end_to_end.apps.live_objects import live_texts

PHOTO_NOISE = 0xD8


@pytest.fixture
def reader(bench: Bench) -> SimCardReader:
    return bench.add_card_reader("1", {"budget_ms": 500})


@pytest.fixture
def reading(bench: Bench, reader: SimCardReader, halls: list[Hall]) -> Hall:
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY, Role.ID_CARD_READER)
    return hall


def read(hall: Hall) -> CardReading:
    results: list[CardReading] = []
    done = threading.Event()

    def take(result: CardReading) -> None:
        results.append(result)
        done.set()

    assert hall.manager.read_card("1", take)
    assert done.wait(PATIENCE_S)
    (result,) = results
    return result


def read_card(hall: Hall, reader: SimCardReader, card: MadeUpCard) -> CardReading:
    """The card is put down and read; again if the machine was too busy to do it within the budget."""
    while True:
        reader.put(card)
        found = read(hall)
        if found.code in (CardCode.READ, CardCode.UNREADABLE):
            return found
        hall.await_state(DeviceState.READY, Role.ID_CARD_READER)


def test_a_card_gives_name_and_number_to_whoever_asked(
    reading: Hall, reader: SimCardReader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    card = made_up_card(3)
    found = read_card(reading, reader, card)
    assert (found.code, found.name, found.number) == (CardCode.READ, card.name, card.number)
    seen = caplog.text + repr(reading.recorder.events) + repr(reading.manager.status()) + repr(found)
    assert card.number not in seen
    assert card.name not in seen
    assert reading.manager.status()[0].counters["cards_read"] == 1


def test_a_card_that_lies_there_is_not_read_unasked(reading: Hall, reader: SimCardReader) -> None:
    reader.put(made_up_card())
    before = reading.manager.status()[0].counters["frames"]
    wait_until(lambda: reading.manager.status()[0].counters["frames"] >= before + 2)  # it goes on asking how it is
    assert (reader.finds, reader.reads) == (0, 0)


def test_without_a_card_the_answer_comes_when_the_budget_is_spent(reading: Hall, reader: SimCardReader) -> None:
    assert read(reading) == CardReading(CardCode.NO_CARD)
    assert reader.finds > 1
    assert read_card(reading, reader, made_up_card(2)).number == made_up_card(2).number


def test_a_card_put_down_a_little_late_is_still_found(reading: Hall, reader: SimCardReader) -> None:
    answers: list[CardReading] = []
    assert reading.manager.read_card("1", answers.append)
    wait_until(lambda: reader.finds > 0)
    reading.bench.device("card_reader", "1").do(lambda: reader.put(made_up_card()))
    wait_until(lambda: bool(answers))
    assert answers[0].code is CardCode.READ


def test_a_card_that_cannot_be_read_or_has_a_wrong_number_gives_nothing(reading: Hall, reader: SimCardReader) -> None:
    reader.unreadable = True
    assert read_card(reading, reader, made_up_card()) == CardReading(CardCode.UNREADABLE)
    reader.unreadable = False
    assert read_card(reading, reader, MadeUpCard("样本", "999999190001010016")) == CardReading(CardCode.UNREADABLE)


def test_a_reader_that_falls_silent_gives_an_answer_and_is_lost(reading: Hall, reader: SimCardReader) -> None:
    reader.put(made_up_card())
    reading.bench.device("card_reader", "1").faults.mute = True
    assert read(reading).code in (CardCode.NO_CARD, CardCode.NOT_READY)  # found silent while reading, or just before
    reading.await_state(DeviceState.LOST, Role.ID_CARD_READER)
    assert not reading.manager.read_card("1", lambda result: None)


def test_an_answer_that_comes_too_late_is_not_taken_for_the_next_card(reading: Hall, reader: SimCardReader) -> None:
    reader.put(made_up_card(1))
    reading.bench.device("card_reader", "1").faults.delay_s = 0.6
    assert read(reading).code in (CardCode.NO_CARD, CardCode.UNREADABLE)
    reading.bench.device("card_reader", "1").faults.delay_s = 0.0
    reading.await_state(DeviceState.READY, Role.ID_CARD_READER)
    reader.put(made_up_card(2))
    assert read(reading).number in ("", made_up_card(2).number)


def photos() -> list[str]:
    """What kinds of objects hold a photo now: its noise is one byte, over and over."""
    return [kind for kind, text in live_texts() if text.count(chr(PHOTO_NOISE)) > PHOTO_BYTES // 4]


def test_the_photo_is_dropped_and_no_object_keeps_it(reading: Hall, reader: SimCardReader) -> None:
    card = made_up_card(5)
    reader.put(card)
    assert read(reading).number == card.number
    wait_until(lambda: not photos())  # the thread that read it keeps the last bytes for half a second
    kept = [card.answer()]
    assert photos() == ["list"]
    kept.clear()
