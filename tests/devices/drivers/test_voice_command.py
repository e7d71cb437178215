"""A program as the voice: real processes, no shell, no port."""

import sys
from pathlib import Path

import pytest

from devices.bindings import Binding, load
from devices.drivers.voice_command import arguments_of
from devices.events import DeviceState, Role
from devices.sim.bench import Bench
from tests.devices.conftest import PATIENCE_S, Hall, wait_until

SPEAKER = "import sys; open(sys.argv[1], 'a').write(sys.argv[2] + chr(10))"


def voice(bench: Bench, halls: list[Hall], command: str, **options: str | int) -> Hall:
    binding = Binding(Role.VOICE, "voice_command", options={"command": command, **options})
    hall = Hall(bench, bindings=(binding,))
    halls.append(hall)
    return hall


def test_it_speaks_one_sentence_after_the_other_without_a_port(bench: Bench, halls: list[Hall], tmp_path: Path) -> None:
    said = tmp_path / "said.txt"
    hall = voice(bench, halls, f'"{sys.executable}" -c "{SPEAKER}" "{said}" {{text}}')
    hall.await_state(DeviceState.READY, Role.VOICE, "")
    for text in ("请A023号到3号窗口", "$(touch x); `id` > y | 'z'", "-f /etc/hostname"):
        assert hall.manager.say(text, within_s=PATIENCE_S)
    wait_until(lambda: hall.manager.status()[0].counters["spoken"] == 3)
    assert said.read_text().splitlines() == [
        "请A 0 2 3号到3号窗口", "$(touch x); `id` > y | 'z'", "f /etc/hostname",
    ]  # fmt: skip
    assert hall.recorder.states(Role.VOICE, "") == [DeviceState.READY]


def test_a_program_that_does_not_end_is_killed_and_the_next_sentence_comes(
    bench: Bench, halls: list[Hall], tmp_path: Path
) -> None:
    said = tmp_path / "said.txt"
    script = "import sys, time; open(sys.argv[1], 'a').write('.'); 'stay' in sys.argv[2] and time.sleep(600)"
    hall = voice(bench, halls, f'"{sys.executable}" -c "{script}" "{said}" {{text}}', limit_s=1)
    hall.await_state(DeviceState.READY, Role.VOICE, "")
    assert hall.manager.say("stay", within_s=PATIENCE_S)
    hall.await_state(DeviceState.DEGRADED, Role.VOICE, "")
    assert hall.manager.say("go", within_s=PATIENCE_S)
    hall.await_state(DeviceState.READY, Role.VOICE, "")
    counters = hall.manager.status()[0].counters
    assert (said.read_text(), counters["spoken"], counters["speech_dropped"], counters["timeouts"]) == ("..", 1, 1, 1)


def test_stopping_ends_the_program_too(bench: Bench, halls: list[Hall], tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    script = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid()) + chr(10)); time.sleep(600)"
    hall = voice(bench, halls, f'"{sys.executable}" -c "{script}" "{pid}" {{text}}')
    hall.await_state(DeviceState.READY, Role.VOICE, "")
    assert hall.manager.say("x", within_s=PATIENCE_S)
    wait_until(lambda: pid.exists() and pid.read_text().endswith("\n"))
    hall.manager.stop()
    wait_until(lambda: not Path(f"/proc/{pid.read_text().strip()}").exists())


def test_a_program_that_is_not_there_is_a_voice_that_is_lost(bench: Bench, halls: list[Hall]) -> None:
    hall = voice(bench, halls, "no-such-program-of-ours {text}")
    hall.await_state(DeviceState.LOST, Role.VOICE, "")
    assert not hall.manager.say("x", within_s=5)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("say -v zh {text}", ["say", "-v", "zh", "A B"]),
        ("say --text={text}", ["say", "--text=A B"]),
        ("say", ["say", "A B"]),
        ("say 'unclosed", []),
        ("", []),
    ],
)
def test_the_sentence_is_always_one_argument(command: str, expected: list[str]) -> None:
    assert arguments_of(command, "--A\nB") == expected


def test_such_a_binding_needs_no_port() -> None:
    (binding,) = load('[[device]]\nrole = "voice"\ndriver = "voice_command"\noptions = { command = "say {text}" }\n')
    assert binding.options == {"command": "say {text}"}
