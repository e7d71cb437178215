"""Profiles of makes, and bindings that leave to them what they do not say."""

import pytest

from devices import profiles
from devices.bindings import Binding, BindingError, check, dump, load
from devices.drivers import DRIVERS
from devices.errors import LineSettings
from devices.events import Role
from devices.ports import PortMatch
from devices.profiles import Profile

LAMP = '[[device]]\nrole = "overtime_lamp"\nwindow = "3"\nport = { name = "COM7" }\nprofile = "lamp_lcus"\n'
DRIVER = 'driver = "lamp_lcus"\n'


@pytest.mark.parametrize("name", profiles.names())
def test_every_shipped_profile_is_whole(name: str) -> None:
    profile = profiles.profile(name)
    assert profile.driver in ("", *DRIVERS)
    assert profile.line.baud >= 2400


def test_a_binding_takes_from_its_profile_what_it_leaves_open() -> None:
    (binding,) = load(LAMP + DRIVER)
    shipped = profiles.profile("lamp_lcus")
    assert binding.options == shipped.options != {}
    assert binding.line == shipped.line


def test_what_the_binding_says_wins_value_by_value() -> None:
    (binding,) = load(LAMP + DRIVER + "line = { baud = 19200 }\noptions = { channel = 2 }\n")
    assert binding.line == LineSettings(19200, "8N1")
    assert binding.options == {**profiles.profile("lamp_lcus").options, "channel": 2}


def test_it_is_written_without_what_the_profile_says_and_read_back_the_same() -> None:
    (binding,) = load(LAMP + DRIVER + "options = { channel = 2 }\n")
    text = dump([binding])
    assert "blink_ms" not in text
    assert "channel = 2" in text
    assert load(text) == (binding,)


@pytest.fixture
def fast_make(monkeypatch: pytest.MonkeyPatch) -> None:
    """A make whose pads are fast and have four keys."""
    make = {
        "driver": "pad_htp1",
        "line": {"baud": 19200},
        "keys": {"1": 5, "2": 4, "3": 2, "4": 1},
        "boot_grace_s": 2.0,
    }
    monkeypatch.setattr(profiles, "_read", lambda name: make)


def test_a_default_that_differs_from_the_profile_is_written(fast_make: None) -> None:
    head = '[[device]]\nrole = "rating_device"\nwindow = "3"\nport = { name = "COM7" }\nprofile = "fast"\n'
    (open_,) = load(head)
    assert (open_.driver, open_.line.baud, open_.keys, open_.boot_grace_s) == (
        "pad_htp1", 19200, {1: 5, 2: 4, 3: 2, 4: 1}, 2.0,
    )  # fmt: skip
    (slow,) = load(head + "boot_grace_s = 0.0\nline = { baud = 9600 }\nkeys = { 1 = 3, 2 = 2, 3 = 1 }\n")
    assert (slow.line.baud, slow.keys, slow.boot_grace_s) == (9600, {1: 3, 2: 2, 3: 1}, 0.0)
    assert load(dump([open_])) == (open_,)
    assert "baud" not in dump([open_])
    assert load(dump([slow])) == (slow,)


def test_a_profile_that_is_not_shipped_is_named() -> None:
    with pytest.raises(BindingError) as caught:
        load(LAMP.replace("lamp_lcus", "lamp_xy") + DRIVER)
    assert (caught.value.key, caught.value.found) == ("profile", "'lamp_xy'")
    assert "lamp_lcus" in caught.value.expected
    with pytest.raises(KeyError):
        profiles.table("../secrets")


def test_the_empty_profile_says_nothing() -> None:
    assert profiles.profile("") == Profile()


def shared(*, address: int, baud: int = 9600, role: Role = Role.RATING_DEVICE, driver: str = "pad_ff68") -> Binding:
    keys = {1: 5, 2: 4, 3: 2, 4: 1} if role is Role.RATING_DEVICE else {}
    window = str(address) if role is Role.RATING_DEVICE else "9"
    return Binding(role, driver, window, PortMatch(name="COM7"), LineSettings(baud), address=address, keys=keys)


def test_devices_with_addresses_may_share_a_port() -> None:
    check([shared(address=1), shared(address=2)])
    check([shared(address=1), shared(address=1, role=Role.WINDOW_DISPLAY, driver="window_ff68")])


@pytest.mark.parametrize(
    ("other", "key"),
    [
        (shared(address=1), "window"),
        (shared(address=2, baud=19200), "line"),
        (shared(address=0), "port"),
        (shared(address=1, role=Role.WINDOW_DISPLAY, driver="window_htp1"), "address"),
    ],
)
def test_two_speeds_or_one_address_twice_on_a_port_are_mistakes(other: Binding, key: str) -> None:
    with pytest.raises(BindingError) as caught:
        check([shared(address=1), other])
    assert (caught.value.table, caught.value.key) == ("device[1]", key)
