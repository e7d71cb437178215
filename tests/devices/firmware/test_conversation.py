"""A day of one pad, byte by byte: the published frames as the C pad and the simulated pad really say them."""

from typing import Final

from tests.devices.codecs.golden import GOLDEN
from tests.devices.firmware.program import Program
from tests.devices.firmware.virtual import PythonPad

WIRE: Final = {name: wire.hex() for name, _, wire in GOLDEN}
DAY: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("HELLO", ("HELLO_ACK",)),
    ("IDLE", ("IDLE_REPLY",)),
    ("at 1000", ()),
    ("down 5", ()),
    ("at 1180", ()),
    ("up 5", ()),
    ("at 1210", ("KEY without a window",)),
    ("at 2000", ()),
    ("OPEN", ("OPEN_REPLY",)),
    ("at 4150", ()),
    ("down 1", ()),
    ("at 4330", ()),
    ("up 1", ()),
    ("at 4360", ("RATE",)),
    ("at 4610", ("RATE again",)),
    ("ACK duplicate", ()),
    ("CLOSE", ("CLOSE_REPLY",)),
    ("PROMPT thank you", ("PROMPT_REPLY",)),
    ("CFG_GET baud", ("CFG_VALUE 9600",)),
    ("CFG_SET 115200", ("NAK locked",)),
    ("SELFTEST lamps", ("SELFTEST_REPLY shown",)),
    ("LOOP", ("LOOP_REPLY",)),
    ("jump 86400000", ("HEART",)),
    ("PING", ("PONG",)),
    ("down 2", ()),
    ("down 3", ()),
    ("jump 86400030", ("FAULT two keys 2 and 3",)),
    ("up 2", ()),
    ("up 3", ()),
    ("jump 86400060", ()),
    ("OPEN", ("OPEN_REPLY",)),
    ("jump 86445060", ("FAULT window timed out",)),
    ("unlock", ()),
    ("COMMIT", ("COMMIT_REPLY",)),
    ("CFG_SET 115200", ("CFG_REPLY",)),
    ("SETADDR", ("SETADDR_REPLY",)),
)
"""What is done or sent, and what is said."""
ON_A_BUS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("down 5", ()),
    ("at 180", ()),
    ("up 5", ()),
    ("at 1000", ()),
    ("OPEN", ("OPEN_REPLY",)),
    ("FETCH", ("FETCH_REPLY nothing",)),
    ("at 3150", ()),
    ("down 1", ()),
    ("at 3330", ()),
    ("up 1", ()),
    ("at 9000", ()),
    ("FETCH again later", ("FETCH_REPLY with the RATE",)),
    ("ACK counted", ()),
    ("RESET", ("RESET_REPLY",)),
)
"""A key before the host has spoken is nobody's business; a rating is said when it is fetched."""


def play(pad: Program | PythonPad, script: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    for said, answers in script:
        line = f"rx {WIRE[said]}" if said in WIRE else said
        assert pad.tell(line) == "".join(WIRE[answer] for answer in answers), said


def test_the_simulated_pad_says_the_published_frames() -> None:
    play(PythonPad(heart_s=86_400), DAY)


def test_the_c_pad_says_the_published_frames(day_pad: Program) -> None:
    play(day_pad, DAY)


def test_both_say_the_published_frames_on_a_bus(bus_pad: Program) -> None:
    play(PythonPad(bus=True), ON_A_BUS)
    play(bus_pad, ON_A_BUS)
