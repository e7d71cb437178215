"""``hallterm device …`` on simulated devices, with a station at work and without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.bindings import load
from devices.errors import LineSettings, PortAbsent, PortBusy, PortDenied, PortGone
from devices.events import Role
from devices.sim.bench import Bench
from devices.sim.device import SimDevice
from devices.technician.findings import Code, Finding
from devices.technician.report import load as load_report
from hallterm import cli
from hallterm.config import DEVICES_FILE
from hallterm.device_commands.place import same_place
from hallterm.device_words import REFUSALS, WORDS, error_words, finding_words, refusal_words
from hallterm.locale import use
from hallterm.station.lock import StationLock
from hallterm.station.main import Station
from tests.end_to_end.rights import ORDINARY_PROGRAM
from tests.hallterm.station.conftest import line, working_hall  # noqa: F401
from tests.hallterm.station.line import HALL, QUICK, Line, StationThread, wait_until

ROOT = Path(__file__).parents[2]
PAD = Role.RATING_DEVICE


class FileStation(StationThread):
    """A station as it is started: bindings from its folder, the lock held."""

    def _run(self, folder: Path, bench: Bench) -> None:
        machine = folder / "hallterm.d"
        lock = StationLock(folder)
        assert lock.take()
        bindings = load((machine / DEVICES_FILE).read_text("utf-8"))
        self.station = Station(folder, bindings, bench.by_id, QUICK, machine_folder=machine)
        self._made.set()
        self.station.run()
        lock.free()


class Commands:
    """The command line of a hall, in this process."""

    def __init__(self, line: Line, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
        self.line, self._capsys = line, capsys
        self.err = ""

    def __call__(self, *words: str, lang: str = "en", code: int = 0) -> str:
        folder = self.line.folder
        given = ["device", *words, "--config", str(folder / "hallterm.toml"), "--data", str(folder), "--lang", lang]
        ended = cli.main(given)
        captured = self._capsys.readouterr()
        self.err = captured.err
        assert ended == code, captured
        return captured.out

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self(*words, "--json", code=code))

    @property
    def file(self) -> Path:
        return self.line.folder / "hallterm.d" / DEVICES_FILE


@pytest.fixture
def device(
    line: Line,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Commands]:
    """Two windows with a pad each; the second is not bound yet."""
    line.bench.add_pad("2")
    (line.folder / "hallterm.toml").write_text("", "utf-8")
    monkeypatch.setenv("HALLTERM_SIMULATORS", str(line.bench.by_id))
    yield Commands(line, capsys)
    use("en")


@pytest.fixture
def station(device: Commands) -> Iterator[FileStation]:
    running = FileStation(device.line.folder, device.line.bench)
    device.line.open()
    device.line.await_pad()
    yield running
    running.stop()


def pad(device: Commands, window: str) -> SimDevice:
    return device.line.bench.device("pad", window)


def hold(link: Path) -> subprocess.Popen[str]:
    """Another program that has the port open."""
    text = "import sys, os; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print('open', flush=True); sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", text, str(link)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def let_go(process: subprocess.Popen[str]) -> None:
    process.communicate("")
    assert process.returncode == 0


# With a station.


def test_ports_are_listed_with_who_has_them(device: Commands, station: FileStation) -> None:
    rows = {Path(row["name"]).name: row for row in device.json("list")}
    mine = rows[pad(device, "1").link.name]
    assert (mine["chip"], mine["pid"], mine["bound"][0]["role"]) == ("SIM", os.getpid(), "rating_device")
    assert rows[pad(device, "2").link.name]["bound"] == []
    text = device("list")
    assert any(pad(device, "1").link.name in row and "rating_device 1" in row for row in text.splitlines())


def test_the_station_lends_a_port_and_has_it_back(device: Commands, station: FileStation) -> None:
    found = device.json("identify", pad(device, "1").link.name)
    assert (found["verdict"], found["driver"], found["identity"]["serial"]) == ("found", "pad_htp1", "HT25A0000001")
    wait_until(lambda: device.line.device(PAD) == "ready", "the pad with its station")
    tested = device.json("test", "1")
    assert tested["light"] == "green"
    assert {one["driver"] for one in tested["devices"]} == {"pad_htp1", "window_htp1"}
    wait_until(lambda: device.line.device(PAD) == "ready", "the pad with its station")
    status = device.json("status")
    assert status[f"pad.{HALL}-01.state"] == "ready"


def test_a_new_device_is_bound_used_exchanged_and_forgotten(device: Commands, station: FileStation) -> None:
    before = device.file.read_text("utf-8")
    out = device("bind", pad(device, "2").link.name, "rating_device", "2")
    assert "pad_htp1" in out
    wait_until(lambda: device.line.device(PAD, f"{HALL}-02") == "ready", "the new pad")
    assert device.file.with_name(f"{DEVICES_FILE}.1").read_text("utf-8") == before
    device.line.bench.swap("pad", "1", "2")
    for window in ("01", "02"):
        wait_until(lambda window=window: device.line.device(PAD, f"{HALL}-{window}") == "wrong_device")  # type: ignore[misc]
    device("swap", "rating_device", "1", "2")
    for window in ("01", "02"):
        wait_until(lambda window=window: device.line.device(PAD, f"{HALL}-{window}") == "ready")  # type: ignore[misc]
    device("unbind", "rating_device", f"{HALL}-02")
    assert [b.window for b in load(device.file.read_text("utf-8")) if b.role is PAD] == ["1"]
    places = [(word.role, word.window) for word in device.line.board.devices()]
    assert (PAD, f"{HALL}-02") not in places


def test_an_opened_pad_is_released(device: Commands, station: FileStation) -> None:
    sim = device.line.bench.pad("1")
    pad(device, "1").do(lambda: sim.tamper(True))
    wait_until(lambda: device.line.device(PAD) == "quarantined", "the quarantine")
    pad(device, "1").do(lambda: sim.tamper(False))
    device("release", "rating_device", "1")
    device.line.await_pad()


# Without one.


def test_without_a_station_the_file_is_written_here(device: Commands) -> None:
    device("bind", pad(device, "2").link.name, "rating_device", "2", "--driver", "pad_htp1", "--baud", "19200")
    bound = {b.window: b for b in load(device.file.read_text("utf-8")) if b.role is PAD}
    assert bound["2"].line == LineSettings(19200)
    device("swap", "rating_device", "1", f"{HALL}-02")
    swapped = {b.window: b for b in load(device.file.read_text("utf-8")) if b.role is PAD}
    assert (swapped["1"].port, swapped["2"].port) == (bound["2"].port, bound["1"].port)
    assert swapped["1"].identity == bound["1"].identity
    device("release", "rating_device", "1", code=1)
    assert "no station runs here" in device.err


def test_what_does_not_fit_is_said_and_nothing_is_written(device: Commands) -> None:
    before, port = device.file.read_text("utf-8"), pad(device, "2").link.name
    for words, told in (
        (("bind", port, "voice", "-"), "cannot be a voice; it can be: rating_device"),
        (("bind", port, "voice", "-", "--driver", "nothing"), "there is no driver nothing"),
        (("bind", port, "voice", "-", "--profile", "nothing"), "there is no profile nothing"),
        (("bind", "ttyNONE", "voice", "-"), "there is no port ttyNONE"),
        (("bind", "HT25A", "rating_device", "2"), "may be one of"),
        (("unbind", "voice", "-"), "nothing is bound as voice at window -"),
        (("swap", "rating_device", "1", "9"), "nothing is bound as rating_device at window 9"),
        (("test", "9"), "nothing is bound at window 9"),
        (("test", "1", "--level", "interactive"), "run it in a terminal"),
    ):
        device(*words, code=2)
        assert told in device.err
    assert device.file.read_text("utf-8") == before
    device.file.write_text("[[device]]\nrole = 'x'\n", "utf-8")
    device("list", code=2)
    assert "device[0], role is 'x'" in device.err


def test_a_red_device_is_an_exit_code(device: Commands) -> None:
    device.line.bench.unplug("pad", "1")
    assert "[R]" in device("test", "1", code=1)
    rows = device.json("list")
    assert rows[-1]["absent"] is True


def test_a_port_in_use_is_named_in_both_languages(device: Commands) -> None:
    link = pad(device, "2").link
    holder = hold(link)
    try:
        found = device.json("identify", link.name, code=1)
        assert (found["verdict"], found["reason"]) == ("in_use", "busy")
        assert f"process {holder.pid}" in device.err
        device("identify", link.name, lang="zh_CN", code=1)
        assert "正被 python" in device.err
        assert str(holder.pid) in device.err
    finally:
        let_go(holder)


def ordinary(device: Commands, *words: str) -> subprocess.CompletedProcess[str]:
    """The command with the rights of an ordinary user, whoever runs the tests."""
    folder = device.line.folder
    given = ["device", *words, "--config", str(folder / "hallterm.toml"), "--data", str(folder), "--lang", "en"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*ORDINARY_PROGRAM, *given], cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_port_without_permission_says_what_to_do(device: Commands) -> None:
    os.chmod(os.path.realpath(pad(device, "2").link), 0)
    done = ordinary(device, "identify", pad(device, "2").link.name, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["reason"] == "denied"
    assert "mode 0000" in done.stderr
    assert "sudo usermod -aG" in done.stderr


def test_who_may_not_write_the_configuration_may_not_bind(device: Commands) -> None:
    device.file.parent.chmod(0o500)
    try:
        done = ordinary(device, "unbind", "rating_device", "1")
    finally:
        device.file.parent.chmod(0o700)
    assert done.returncode == 1
    assert "rights of this user" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_monitor_shows_the_driver_at_work_and_saves(device: Commands, tmp_path: Path) -> None:
    saved = tmp_path / "lines.txt"
    out = device("monitor", pad(device, "1").link.name, "--drive", "--seconds", "0.6", "--save", str(saved))
    assert "HELLO_ACK" in out
    assert "HELLO_ACK" in saved.read_text("utf-8")
    assert device("monitor", pad(device, "2").link.name, "--seconds", "0.2") == ""
    device("monitor", pad(device, "2").link.name, "--drive", code=2)
    assert "nothing is bound" in device.err


def test_a_port_that_is_pulled_while_it_is_shown_is_said(device: Commands) -> None:
    sim = pad(device, "2")

    def pull() -> None:
        wait_until(lambda: not sim._hung_up, "the monitor at the port")
        sim.unplug()

    puller = threading.Thread(target=pull)
    puller.start()
    device("monitor", sim.link.name, code=1)
    puller.join()
    assert "was unplugged" in device.err


def test_a_report_is_saved_and_can_be_read(device: Commands) -> None:
    out = device("report", "1", "--technician", "T017", "--reason", "例行 110101199003070011")
    path = next((device.line.folder / "reports").glob("*.toml"))
    assert str(path) in out
    report = load_report(path.read_text("utf-8"))
    assert (report.report.technician, report.report.window, report.report.reason) == ("T017", "1", "例行 ··")
    assert report.report.site == "市办税厅"
    assert {one.role: one.light for one in report.device} == {PAD: "green", Role.WINDOW_DISPLAY: "green"}
    page = path.with_suffix(".txt").read_text("utf-8")
    assert "HT25A0000001" in page
    assert "110101199003070011" not in page
    assert "Signature" in page
    assert "报告" in device("report", "1", "--technician", "T017", "--show", lang="zh_CN")


# Words.


def test_every_finding_has_words_in_both_languages() -> None:
    values: dict[str, str | int] = {
        "port": "COM7", "owner": "root", "group": "dialout", "mode": "0660", "user": "clerk", "pid": 812,
        "program": "brltty", "baud": 9600, "format": "8N1", "expected": "A", "found": "B", "what": "keys",
        "unsent_bytes": 1, "dropped_bytes": 2, "spent_s": 25,
    }  # fmt: skip
    assert set(WORDS) == set(Code)
    for code in Code:
        use("en")
        english = finding_words(Finding(code, values))
        use("zh_CN")
        chinese = finding_words(Finding(code, values))
        use("en")
        assert "COM7" in english.what
        assert "COM7" in chinese.what
        assert english.what != chinese.what
        assert english.step != chinese.step
        assert "{" not in english.sentence + chinese.sentence
    for why in REFUSALS:
        assert "{" not in refusal_words({"why": why})


def test_the_sentences_of_the_usual_faults() -> None:
    use("zh_CN")
    denied = error_words(PortDenied("/dev/ttyUSB0", "root", "dialout", 0o660))
    assert denied.what.startswith("没有权限打开 /dev/ttyUSB0(属主 root,组 dialout,权限 0660;当前用户 ")
    assert denied.copy.startswith("sudo usermod -aG dialout ")
    assert error_words(PortBusy("COM7")).what == "COM7 正被其它程序占用。"
    assert error_words(PortGone("COM7")).what == "COM7 已拔出。"
    assert error_words(PortAbsent("COM7")).what == "没有端口 COM7。"
    use("en")


@pytest.mark.parametrize(
    ("bound", "wanted", "same"),
    [("3", "3", True), ("3", f"{HALL}-03", True), (f"{HALL}-03", "3", True), ("3", "4", False), ("", "-", True),
     ("3", "-", False), ("", "3", False), ("x", "y", False)],
)  # fmt: skip
def test_a_window_is_meant_by_number_or_code(bound: str, wanted: str, same: bool) -> None:
    assert same_place(bound, wanted) is same


# The bench.


def test_a_bench_with_its_fault_console(tmp_path: Path) -> None:
    run = tmp_path / "sim"
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "HALLTERM_SIMULATORS": str(run / "by-id")}
    start = [sys.executable, "-m", "hallterm", "device"]
    bench = subprocess.Popen(
        [*start, "sim", "1", "2", "--all", "--lang", "en", "--data", str(tmp_path / "data")], cwd=tmp_path, env=environ,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert bench.stdout is not None
        assert bench.stdin is not None
        assert str(run) in bench.stdout.readline()
        assert "devices.toml" in bench.stdout.readline()
        bound = load((run / "devices.toml").read_text("utf-8"))
        assert len(bound) == 2 * 5 + 3
        for command, answer in (("noise pad 1 0.1", "ok"), ("paper out", "ok"), ("nonsense", "error unknown_command")):
            bench.stdin.write(f"{command}\n")
            bench.stdin.flush()
            assert bench.stdout.readline().strip() == answer
        pressed = subprocess.run([*start, "press", "2", "5"], cwd=tmp_path, env=environ, check=False)
        assert pressed.returncode == 0
    finally:
        bench.communicate("", timeout=120)
    assert bench.returncode == 0
    assert list((run / "by-id").iterdir()) == []
