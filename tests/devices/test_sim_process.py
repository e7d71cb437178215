"""The simulators as a process: what `hallterm device press` and the demo stand on."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.bindings import load
from devices.codecs.htp1_messages import AckCode
from devices.events import DeviceState, RatePressed, Role, WindowOpened, WindowTimedOut
from devices.manager import DeviceManager
from devices.sim.bench import Bench
from devices.sim.commands import obey
from devices.sim.control import BINDINGS_NAME, SOCKET_NAME, send_command
from devices.sim.pad import AutoPress
from tests.devices.conftest import PATIENCE_S, QUICK, Hall, Recorder, wait_until


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    """Longer than a Unix socket's path may be."""
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    return deep


@pytest.fixture
def simulators(run_dir: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "devices.sim", "--run", str(run_dir), "--window", "1", "--window", "2"]
    with subprocess.Popen(
        [*command, "--until-eof"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0


def test_a_station_uses_it_like_real_devices(simulators: subprocess.Popen[str], run_dir: Path) -> None:
    bindings = load((run_dir / BINDINGS_NAME).read_text(encoding="utf-8"))
    assert len(bindings) == 5
    recorder = Recorder()
    manager = DeviceManager(bindings, recorder, by_id=run_dir / "by-id", timing=QUICK)
    manager.start()
    try:
        wait_until(lambda: all(status.state is DeviceState.READY for status in manager.status()))
        assert manager.open_window("2", 17, 30)
        recorder.wait(lambda: bool(recorder.of(WindowOpened)))
        assert send_command(run_dir, "press 2 4") == "ok"
        recorder.wait(lambda: bool(recorder.of(RatePressed)))
        pressed = recorder.of(RatePressed)[0]
        assert (pressed.window, pressed.wid, pressed.key) == ("2", 17, 4)
        manager.show_text("1", "A023 请到1号窗口")
        wait_until(lambda: send_command(run_dir, "shown 1") == "ok A023 请到1号窗口")
        assert send_command(run_dir, "unplug pad 1") == "ok"
        wait_until(lambda: not manager.ready(Role.RATING_DEVICE, "1"))
        assert send_command(run_dir, "replug pad 1") == "ok"
        wait_until(lambda: manager.ready(Role.RATING_DEVICE, "1"))
    finally:
        manager.stop()


def test_it_cleans_up_and_then_nobody_answers(simulators: subprocess.Popen[str], run_dir: Path) -> None:
    simulators.terminate()
    assert simulators.wait(PATIENCE_S) == 0
    assert not (run_dir / SOCKET_NAME).exists()
    assert not (run_dir / BINDINGS_NAME).exists()
    assert list((run_dir / "by-id").iterdir()) == []
    with pytest.raises(OSError, match="No such file"):
        send_command(run_dir, "slips")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("press 1 3", "ok"), ("press 1 9", "error arguments"), ("press 9 1", "error no_such_device"),
        ("press 1", "error arguments"), ("", "error unknown_command"), ("dance", "error unknown_command"),
        ("paper out", "ok"), ("paper gone", "error arguments"), ("cover open", "ok"), ("offline on", "ok"),
        ("mute pad 1 on", "ok"), ("deaf pad 1 off", "ok"), ("noise pad 1 0.01", "ok"), ("delay pad 1 0.5", "ok"),
        ("drop-acks 1 2", "ok"), ("serial pad 1 HT25A0000522", "ok"), ("serial pad 1 HT25A00005222", "error arguments"),
        ("tamper 1 on", "ok"), ("reset pad 1", "ok"), ("reset printer", "error arguments"), ("slips", "ok 0"),
        ("idle 1", "ok 0"), ("unplug printer", "ok"), ("swap pad 1 1", "ok"),
    ],
)  # fmt: skip
def test_commands(bench: Bench, line: str, answer: str) -> None:
    bench.add_pad("1")
    bench.add_display("1")
    bench.add_printer()
    assert obey(bench, line) == answer


def test_the_same_seed_gives_the_same_people_and_some_stay_silent(bench: Bench, halls: list[Hall]) -> None:
    bench.add_pad("1", auto=AutoPress(7, 0.01, 0.02, silent_one_in=4))
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY)
    keys = [_rated_key(hall, wid) for wid in range(1, 9)]
    assert 0 in keys
    assert len(set(keys)) >= 3


def _rated_key(hall: Hall, wid: int) -> int:
    """What the simulated person of this window pressed, 0 for nothing."""
    recorder = hall.recorder
    assert hall.manager.open_window("1", wid, 1)

    def pressed() -> list[RatePressed]:
        return [event for event in recorder.of(RatePressed) if event.wid == wid]

    recorder.wait(lambda: bool(pressed()) or any(event.wid == wid for event in recorder.of(WindowTimedOut)))
    if not pressed():
        return 0
    hall.manager.acknowledge("1", pressed()[0].seq, AckCode.COUNTED)
    return pressed()[0].key
