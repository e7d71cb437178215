"""``hallterm device`` for what cannot be asked, for strips, live lines, templates and replaced parts; and all as JSON."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from devices.bindings import load
from devices.codecs.aabb import Variant
from devices.events import Role
from devices.technician.report import load as load_report
from hallterm.config import DEVICES_FILE
from tests.hallterm.station.conftest import line, working_hall  # noqa: F401
from tests.hallterm.station.line import HALL, wait_until
from tests.hallterm.test_device_command import PAD, Commands, FileStation, device, pad, station  # noqa: F401


def windows(device: Commands, role: Role) -> dict[str, str]:  # noqa: F811
    """Window to driver of what is bound."""
    return {one.window: one.driver for one in load(device.file.read_text("utf-8")) if one.role is role}


def test_the_lines_of_a_served_device_are_seen_and_it_serves_on(device: Commands, station: FileStation) -> None:  # noqa: F811
    seen: list[dict[str, object]] = []

    def looked() -> bool:
        out = device("monitor", pad(device, "1").link.name, "--live", "--seconds", "0.5", "--json")
        seen.extend(json.loads(text) for text in out.splitlines())
        return bool(seen)

    wait_until(looked, "a line")
    assert str(seen[0]["hex"]).startswith("7E")
    assert device.line.device(PAD) == "ready"
    device("monitor", pad(device, "2").link.name, "--live", code=2)
    assert "monitor it without --live" in device.err


def test_without_a_station_nothing_is_live(device: Commands) -> None:  # noqa: F811
    device("monitor", pad(device, "1").link.name, "--live", code=2)
    assert "no station serves" in device.err


def test_a_relay_is_bound_with_its_channel_and_forgotten(device: Commands) -> None:  # noqa: F811
    device.line.bench.add_lamp("2")
    port = device.line.bench.device("lamp", "2").link.name
    bound = device.json("bind", port, "overtime_lamp", "2", "--profile", "lamp_lcus", "--channel", "3")
    assert (bound["role"], bound["profile"], bound["options"]) == ("overtime_lamp", "lamp_lcus", {"channel": 3})
    assert windows(device, Role.OVERTIME_LAMP) == {"2": "lamp_lcus"}
    gone = device.json("unbind", "overtime_lamp", "2")
    assert gone == {"done": "unbound", "role": "overtime_lamp", "windows": ["2"]}


def test_a_strip_is_bound_with_the_check_it_goes_by(device: Commands) -> None:  # noqa: F811
    strips = device.line.bench.add_strips("2", Variant.SUM)
    port = device.line.bench.device("strip", "2").link.name
    address = ("--address", str(strips.address))
    given = ("--driver", "window_aabb", *address, "--learn")
    out = device("bind", port, "window_display", "2", *given)
    assert "its check is sum, profile strip_aabb_sum" in out
    assert strips.lines == ["88"]
    (binding,) = [one for one in load(device.file.read_text("utf-8")) if one.driver == "window_aabb"]
    assert (binding.profile, binding.options["variant"], binding.address) == ("strip_aabb_sum", "sum", strips.address)
    assert tomllib.loads(device.file.read_text("utf-8"))["device"][-1].get("options", {}).get("show") is None
    device("bind", pad(device, "2").link.name, "rating_device", "2", "--learn", code=2)
    assert "has no check to learn" in device.err


def test_the_modem_lines_of_a_pseudo_terminal_are_a_sentence(device: Commands) -> None:  # noqa: F811
    assert "has no modem lines" in device("pins", pad(device, "2").link.name)
    assert device.json("pins", pad(device, "2").link.name)["there"] is False


def test_windows_are_compared_and_one_takes_over(device: Commands) -> None:  # noqa: F811
    device("bind", pad(device, "2").link.name, "rating_device", "2")
    text = device.file.read_text("utf-8")
    before = load(text)
    assert device.json("compare", "1", "2", code=1) == [
        {"role": "rating_device", "window": "2", "should_be": "pad_htp1", "is": "pad_htp1", "differs": []},
        {"role": "window_display", "window": "2", "should_be": "window_htp1", "is": "", "differs": ["missing"]},
    ]
    learnt = text.replace("[device.keys]\n1 = 5\n2 = 4", "[device.keys]\n1 = 4\n2 = 5", 1)
    assert learnt != text
    device.file.write_text(learnt, "utf-8")
    out = device("compare", "1", "2", "--take", code=1)
    assert "taken over: rating_device of window 2" in out
    assert "not taken over: window_display of window 2" in out
    pads = {one.window: one for one in load(device.file.read_text("utf-8")) if one.role is PAD}
    assert pads["2"].keys == pads["1"].keys
    assert pads["2"].identity == next(one for one in before if one.window == "2").identity
    device("compare", "nothing", code=2)
    assert "no report of that name" in device.err


def test_a_report_tells_what_was_replaced_and_binds_the_devices_again(device: Commands, tmp_path: Path) -> None:  # noqa: F811
    part = ("--replaced", "rating_device", "HT25A0000317", "HT25A0000001")
    made = device.json("report", "1", "--technician", "T017", "--folder", str(tmp_path / "r"), *part)
    report = load_report(Path(made["file"]).read_text("utf-8"))
    assert [(one.old, one.new) for one in report.replaced] == [("HT25A0000317", "HT25A0000001")]
    page = Path(made["page"]).read_text("utf-8")
    assert "HT25A0000317" in page
    assert "Result: [G] passed" in page
    in_chinese = device("report", "1", "--technician", "T017", "--show", lang="zh_CN")
    for words in ("结果: [绿] 通过", "评价器 pad_htp1", "按键 1 很好, 2 好", "打开端口"):
        assert words in in_chinese
    tested = device("test", "1", lang="zh_CN")
    assert not any(code in tested for code in ("self_test", "rating_device", "no_question"))
    device("status", code=1)
    assert "no station runs here" in device.err
    shown = device.json("report", "1", "--technician", "T017", "--show")
    assert {one["window"] for one in shown["device"]} == {"1"}
    device("unbind", "window_display", "1")
    out = device("compare", made["file"], "1", "--take")
    assert "taken over: window_display of window 1" in out
    assert windows(device, Role.WINDOW_DISPLAY) == {"1": "window_htp1"}
    spoiled = tmp_path / "r" / "spoiled.toml"
    spoiled.write_text(Path(made["file"]).read_text("utf-8").replace("T017", "T018"), "utf-8")
    device("compare", str(spoiled), code=2)
    assert "or was changed" in device.err


def test_a_new_pad_does_what_the_old_one_did(device: Commands) -> None:  # noqa: F811
    text = device.file.read_text("utf-8")
    learnt = text.replace("[device.keys]\n1 = 5\n2 = 4", "[device.keys]\n1 = 4\n2 = 5", 1)
    device.file.write_text(learnt, "utf-8")
    new = pad(device, "2").link.name
    bound = device.json("bind", new, "rating_device", "1", "--replaces")
    assert bound["identity"]["serial"] == "HT25A0000002"
    (binding,) = [one for one in load(device.file.read_text("utf-8")) if one.role is PAD]
    assert (binding.keys[1], binding.keys[2], binding.port.name) == (4, 5, str(pad(device, "2").link))
    device("bind", new, "rating_device", "9", "--replaces", code=2)
    assert "that could be replaced" in device.err


def test_swaps_and_releases_are_json_too(device: Commands, station: FileStation) -> None:  # noqa: F811
    device("bind", pad(device, "2").link.name, "rating_device", "2")
    wait_until(lambda: device.line.device(PAD, f"{HALL}-02") == "ready", "the new pad")
    swapped = device.json("swap", "rating_device", "1", "2")
    assert swapped == {"done": "swapped", "role": "rating_device", "windows": ["1", "2"]}
    released = device.json("release", "rating_device", "1")
    assert released["done"] == "released"
    assert device.file.name == DEVICES_FILE
