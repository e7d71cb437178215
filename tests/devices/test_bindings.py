"""Bindings as text and as values; ports by what is known of them."""

from pathlib import Path

import pytest

from devices.bindings import Binding, BindingError, ExpectedIdentity, dump, load
from devices.errors import LineSettings
from devices.events import Identity, Role
from devices.ports import PortInfo, PortMatch, candidates, find

PAD = """
[[device]]
role = "rating_device"
driver = "pad_htp1"
window = "3"
port = { vid = 0x1A86, pid = 0x7523, location = "1-1.3", name = "COM7" }
line = { baud = 19200, format = "8N1" }
identity = { model = "PJ5-A", serial = "HT25A0000317" }
address = 3
keys = { 1 = 5, 2 = 4, 3 = 3, 4 = 2, 5 = 1 }
"""


def test_a_binding_is_read_and_written_back() -> None:
    (binding,) = load(PAD)
    assert binding == Binding(
        Role.RATING_DEVICE, "pad_htp1", "3", PortMatch("", 0x1A86, 0x7523, "1-1.3", "COM7"), LineSettings(19200, "8N1"),
        ExpectedIdentity("PJ5-A", "HT25A0000317"), 3, {1: 5, 2: 4, 3: 3, 4: 2, 5: 1},
    )  # fmt: skip
    assert load(dump([binding])) == (binding,)
    assert load("") == ()


@pytest.mark.parametrize(
    ("before", "after", "key", "found"),
    [
        ('"rating_device"', '"rating_pad"', "role", "'rating_pad'"),
        ('"pad_htp1"', '"pad_xy"', "driver", "'pad_xy'"),
        ('"pad_htp1"', '"window_htp1"', "role", "'rating_device'"),
        ("baud = 19200", "baud = 19201", "line.baud", "19201"),
        ("baud = 19200", 'baud = "fast"', "line.baud", "'fast'"),
        ('"8N1"', '"9N1"', "line.format", "'9N1'"),
        ("address = 3", "address = 300", "address", "300"),
        ("address = 3", "adress = 3", "adress", "adress"),
        ('driver = "pad_htp1"\n', "", "driver", "nothing"),
        ('window = "3"', 'window = ""', "window", "''"),
        ("5 = 1 }", "5 = 2 }", "keys", "{1: 5, 2: 4, 3: 3, 4: 2, 5: 2}"),
        ("keys = { 1 = 5, 2 = 4, 3 = 3, 4 = 2, 5 = 1 }", "", "keys", "{}"),
        ('location = "1-1.3", name = "COM7"', 'location = ""', "port", "'nothing'"),
    ],
)
def test_a_mistake_is_named_with_what_was_found(before: str, after: str, key: str, found: str) -> None:
    assert before in PAD
    with pytest.raises(BindingError) as caught:
        load(PAD.replace(before, after))
    error = caught.value
    assert (error.table, error.key, error.found) == ("device[0]", key, found)
    assert error.expected


def test_no_toml_and_unknown_tables() -> None:
    with pytest.raises(BindingError, match="syntax"):
        load("[[device")
    with pytest.raises(BindingError, match="devise"):
        load("[[devise]]")


def test_one_pad_a_window_and_one_device_a_port() -> None:
    with pytest.raises(BindingError, match="window"):
        load(PAD + PAD)
    with pytest.raises(BindingError, match="port"):
        load(PAD + PAD.replace('window = "3"', 'window = "4"'))


def test_identity_mismatch_names_the_field() -> None:
    expected = ExpectedIdentity("PJ5-A", "A")
    assert expected.mismatch(Identity("PJ5-A", "A")) == ""
    assert expected.mismatch(Identity("PJ5-A", "B")) == "serial"
    assert expected.mismatch(Identity("PJ4", "A")) == "model"


ONE = PortInfo("/dev/ttyUSB0", "/dev/ttyUSB0", "A1", "1-1.3", 0x1A86, 0x7523)
TWO = PortInfo("/dev/ttyUSB1", "/dev/ttyUSB1", "", "1-1.4", 0x1A86, 0x7523)


@pytest.mark.parametrize(
    ("match", "port"),
    [
        (PortMatch(usb_serial="A1", location="1-1.4"), ONE),
        (PortMatch(location="1-1.4", name="/dev/ttyUSB0"), TWO),
        (PortMatch(name="/dev/ttyUSB1"), TWO),
        (PortMatch(usb_serial="A2", name="/dev/ttyUSB0"), None),
        (PortMatch(usb_serial="A2", name="/dev/ttyUSB1"), TWO),
        (PortMatch(vid=0x0403, name="/dev/ttyUSB1"), None),
        (PortMatch(), None),
    ],
)
def test_ports_are_matched_by_serial_then_place_then_name(match: PortMatch, port: PortInfo | None) -> None:
    assert find(match, [ONE, TWO]) == port


def test_simulated_ports_are_listed_while_plugged_in(tmp_path: Path) -> None:
    (tmp_path / "usb-SIM_pad_HT25A0000317-if00").symlink_to("/dev/null")
    (tmp_path / "usb-SIM_pad_HT25A0000318-if00").symlink_to(tmp_path / "gone")
    (tmp_path / "something").symlink_to("/dev/null")
    simulated = [port for port in candidates(tmp_path) if port.name.startswith(str(tmp_path))]
    assert [(port.usb_serial, port.device) for port in simulated] == [("HT25A0000317", "/dev/null")]
    assert candidates(tmp_path / "missing") == candidates()
