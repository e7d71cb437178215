"""Calls aloud: each once, in order, while they are news and outside the mute hours."""

from __future__ import annotations

from datetime import timedelta

import pytest

from devices.sim.voice import SimVoice
from hallterm.rules.day import business_day, local
from hallterm.rules.voice import FRESH_S, muted
from hallterm.workflows import counter
from hallterm.workflows.hall_settings import VOICE_MUTE_FROM, VOICE_MUTE_TO
from hallterm.workflows.ticketing import issue
from storage import clock
from storage.facts import Moment, SettingSet, TicketCalled
from tests.hallterm.station.line import HALL, Line, StationThread, wait_until

LONG_AGO_MS = (FRESH_S + 5) * 1000


@pytest.fixture
def voice(line: Line) -> SimVoice:
    return line.bench.add_voice()


@pytest.fixture
def talking(line: Line, voice: SimVoice, station: StationThread) -> StationThread:
    """``voice`` stands before ``station``: the station finds it among the bindings."""
    wait_until(lambda: line.device("voice", "") == "ready", "the voice")
    return station


def call(line: Line, number: str, nth: int = 1, age_ms: int = 0, hall_window: str = f"{HALL}-01") -> None:
    """A call as another terminal would record it."""
    now = clock.now()
    at = Moment(t=now.t - age_ms, m=now.m - age_ms, boot=now.boot)
    with line.journal.write("0317", at) as tx:
        tx.record(TicketCalled("x", number, hall_window, "0317", nth, business_day(now.t), number[0], 0))


def heard(voice: SimVoice) -> list[str]:
    return [sentence.partition(",")[0].replace(" ", "") for sentence in voice.spoken]


def test_a_call_is_spoken_once_and_a_recall_again(line: Line, voice: SimVoice, talking: StationThread) -> None:
    issue(line.desk, clock.now(), "B", service_code="B02")
    line.do(counter.call)
    wait_until(lambda: len(voice.spoken) == 1, "the call")
    assert voice.spoken == ["B 零 零 一, please go to window 1"]
    call(line, "B001", nth=2)
    call(line, "B002", hall_window=f"{HALL}-02")
    wait_until(lambda: len(voice.spoken) == 3, "the recall and the other window")
    assert heard(voice) == ["B零零一", "B零零一", "B零零二"]
    assert voice.spoken[2].endswith("window 2")
    assert voice.cut_off == []


def test_an_old_call_is_not_spoken(line: Line, voice: SimVoice, talking: StationThread) -> None:
    call(line, "B001", age_ms=LONG_AGO_MS)
    call(line, "B002")
    wait_until(lambda: bool(voice.spoken), "the fresh call")
    assert heard(voice) == ["B零零二"]


def test_a_station_that_starts_again_repeats_no_call(line: Line, voice: SimVoice) -> None:
    call(line, "B001")
    running = StationThread(line.folder, line.bench)
    try:
        wait_until(lambda: line.device("voice", "") == "ready", "the voice")
        call(line, "B002")
        wait_until(lambda: bool(voice.spoken), "the call")
        assert heard(voice) == ["B零零二"]
    finally:
        running.stop()


def test_in_the_mute_hours_the_display_shows_and_nobody_speaks(
    line: Line, voice: SimVoice, talking: StationThread
) -> None:
    now = clock.now()
    hour = timedelta(hours=1)
    for since, until in ((local(now.t) - hour, local(now.t) + hour), (local(now.t) + hour, local(now.t) + 2 * hour)):
        with line.journal.write("0001", now) as tx:
            for name, at in ((VOICE_MUTE_FROM, since), (VOICE_MUTE_TO, until)):
                tx.record(SettingSet(name, f'"{at:%H:%M}"', HALL, business_day(now.t)))
        call(line, "B001" if not line.display.shown.startswith("B001") else "B002")
        number = "B001" if since < local(now.t) else "B002"
        wait_until(lambda number=number: number in line.display.shown, "the display")  # type: ignore[misc]
    wait_until(lambda: bool(voice.spoken), "the call after the mute hours")
    assert heard(voice) == ["B零零二"]


@pytest.mark.parametrize(
    ("since", "until", "hour", "expected"),
    [
        ("12:00", "14:00", 11, False),
        ("12:00", "14:00", 12, True),
        ("12:00", "14:00", 14, False),
        ("20:00", "08:00", 23, True),
        ("20:00", "08:00", 7, True),
        ("20:00", "08:00", 8, False),
        ("12:00", "12:00", 12, False),
        ("", "14:00", 12, False),
        ("12", "late", 12, False),
        ("25:00", "26:00", 12, False),
    ],
)
def test_mute_hours_may_span_midnight_and_nonsense_mutes_nothing(
    since: str, until: str, hour: int, expected: bool
) -> None:
    noon_t = 1_800_000_000_000 // 86_400_000 * 86_400_000 + 4 * 3_600_000  # 12:00 in zone +08:00
    assert muted(since, until, noon_t + (hour - 12) * 3_600_000) is expected


def test_a_call_that_is_taken_back_before_it_is_spoken_is_not_spoken(
    line: Line, voice: SimVoice, talking: StationThread
) -> None:
    long_sentence = "甲" * 30
    assert talking.station.manager.say(long_sentence, within_s=20)
    wait_until(lambda: voice.speaking, "the sentence before")
    issue(line.desk, clock.now(), "B", service_code="B02")
    done = line.do(counter.call)
    wait_until(lambda: "B001" in line.display.shown, "the call")
    assert done.undo is not None
    line.undo(done.undo)
    wait_until(lambda: "B001" not in line.display.shown, "the undo")
    call(line, "B002")
    wait_until(lambda: len(voice.spoken) == 2, "the next call")
    assert heard(voice) == [long_sentence, "B零零二"]
