"""The SYN6288 voice on a real pty: one sentence after the other, none over another, none too late, none twice."""

import pytest

from devices.drivers.speech import CHINESE_DIGITS, spelled
from devices.events import DeviceState, Role
from devices.sim.bench import Bench
from devices.sim.voice import SimVoice
from tests.devices.conftest import PATIENCE_S, Hall, wait_until


@pytest.fixture
def voice(bench: Bench) -> SimVoice:
    return bench.add_voice(options={"poll_ms": 20})


@pytest.fixture
def speaking(bench: Bench, voice: SimVoice, halls: list[Hall]) -> Hall:
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY, Role.VOICE, "")
    return hall


def say(hall: Hall, text: str, within_s: float = PATIENCE_S, urgent: int = 0) -> None:
    assert hall.manager.say(text, within_s=within_s, urgent=urgent)


def counter(hall: Hall, name: str) -> int:
    return hall.manager.status()[0].counters[name]


def test_sentences_are_spoken_in_order_and_none_over_another(speaking: Hall, voice: SimVoice) -> None:
    for number in range(3):
        say(speaking, f"请A02{number}号到3号窗口")
    wait_until(lambda: len(voice.spoken) == 3 and not voice.speaking)
    assert voice.spoken == [f"请A 零 二 {digit}号到3号窗口" for digit in "零一二"]
    assert voice.cut_off == []
    assert counter(speaking, "spoken") == 3


def test_an_urgent_sentence_comes_before_those_that_wait(speaking: Hall, voice: SimVoice) -> None:
    say(speaking, "甲" * 20)
    wait_until(lambda: voice.speaking)
    say(speaking, "乙")
    say(speaking, "丙", urgent=1)
    wait_until(lambda: len(voice.spoken) == 3)
    assert [sentence[0] for sentence in voice.spoken] == ["甲", "丙", "乙"]


def test_what_cannot_begin_in_time_is_dropped_and_counted(speaking: Hall, voice: SimVoice) -> None:
    say(speaking, "甲" * 30)
    wait_until(lambda: voice.speaking)
    say(speaking, "乙", within_s=0.1)
    say(speaking, "丙")
    wait_until(lambda: len(voice.spoken) == 2)
    assert voice.spoken[1] == "丙"
    assert counter(speaking, "speech_dropped") == 1


def test_a_frame_that_arrived_damaged_is_sent_once_more(speaking: Hall, voice: SimVoice) -> None:
    voice.bad_frames = 1
    say(speaking, "甲")
    wait_until(lambda: voice.spoken == ["甲"])
    voice.bad_frames = 2
    say(speaking, "乙")
    say(speaking, "丙")
    wait_until(lambda: len(voice.spoken) == 2)
    assert voice.spoken == ["甲", "丙"]
    assert (voice.refused, counter(speaking, "naks"), counter(speaking, "speech_dropped")) == (3, 3, 1)


def test_a_lost_answer_does_not_make_it_speak_twice(speaking: Hall, voice: SimVoice) -> None:
    voice.deaf_to_say = True
    say(speaking, "甲" * 20)
    say(speaking, "乙" * 20)
    wait_until(lambda: counter(speaking, "spoken") == 2)
    assert [sentence[0] for sentence in voice.spoken] == ["甲", "乙"]
    assert voice.cut_off == []


def test_a_silent_voice_is_lost_and_takes_nothing(speaking: Hall, voice: SimVoice) -> None:
    speaking.bench.device("voice").faults.mute = True
    speaking.await_state(DeviceState.LOST, Role.VOICE, "")
    assert not speaking.manager.say("甲", within_s=5)
    speaking.bench.device("voice").faults.mute = False
    speaking.await_state(DeviceState.READY, Role.VOICE, "")
    say(speaking, "乙")
    wait_until(lambda: voice.spoken == ["乙"])


def test_a_voice_that_was_unplugged_says_only_what_is_still_fresh(speaking: Hall, voice: SimVoice) -> None:
    say(speaking, "甲" * 50)
    wait_until(lambda: voice.speaking)
    say(speaking, "乙", within_s=0.1)
    say(speaking, "丙")
    speaking.bench.unplug("voice")
    speaking.await_state(DeviceState.ABSENT, Role.VOICE, "")
    speaking.bench.replug("voice")
    wait_until(lambda: "丙" in voice.spoken)
    assert [sentence[0] for sentence in voice.spoken] == ["甲", "丙"]


@pytest.mark.parametrize(
    ("text", "digits", "spoken"),
    [
        ("请A023号到3号窗口", "", "请A 0 2 3号到3号窗口"),
        ("请A023号到12号窗口", CHINESE_DIGITS, "请A 零 二 三号到12号窗口"),
        ("VB107, please go to window 3", "", "V B 1 0 7, please go to window 3"),
        ("12366", CHINESE_DIGITS, "一 二 三 六 六"),
        ("B2B and 12", "", "B2B and 12"),
    ],
)
def test_numbers_of_tickets_are_read_digit_by_digit(text: str, digits: str, spoken: str) -> None:
    assert spelled(text, digits) == spoken


def test_what_is_withdrawn_is_not_begun_and_what_was_begun_is_finished(speaking: Hall, voice: SimVoice) -> None:
    for text, tag in (("甲" * 20, "one"), ("乙", "two"), ("丙", "one"), ("丁", "")):
        assert speaking.manager.say(text, within_s=PATIENCE_S, tag=tag)
    wait_until(lambda: voice.speaking)
    for tag in ("one", "none", ""):
        speaking.manager.withdraw(tag)
    wait_until(lambda: len(voice.spoken) == 3)
    assert [sentence[0] for sentence in voice.spoken] == ["甲", "乙", "丁"]
