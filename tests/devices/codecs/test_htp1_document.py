"""docs/HTP1.md has every published frame, every type and every closed set as the program has it."""

import re
from enum import IntEnum
from pathlib import Path
from typing import Final

import pytest

from devices.codecs.htp1 import crc16
from devices.codecs.htp1_messages import (
    AckCode,
    Caps,
    CfgKey,
    DeviceClass,
    FaultCode,
    Flags,
    MessageType,
    NakCode,
    Voice,
)
from devices.sim.htp1_upkeep import ALLOWED
from tests.devices.codecs.golden import GOLDEN
from tests.devices.firmware.test_conversation import DAY, WIRE

TEXT: Final = (Path(__file__).parents[3] / "docs/HTP1.md").read_text("utf-8")
FRAMES: Final = dict(re.findall(r"^\| ([^|]+) \| `(7E [0-9A-F ]+ 7E)` \|$", TEXT, re.MULTILINE))


def paragraph(title: str) -> str:
    (found,) = re.findall(rf"^\*\*{title}\*\*[^\n]*(?:\n[^\n]+)*", TEXT, re.MULTILINE)
    return str(found)


def test_every_published_frame_is_in_the_document_and_no_other() -> None:
    assert {name: bytes.fromhex(wire) for name, wire in FRAMES.items()} == {name: wire for name, _, wire in GOLDEN}


def test_the_day_of_one_pad_is_the_one_that_is_tested() -> None:
    told = re.findall(r"^ *[\d.]+ [<>] (.+)\n +((?:[0-9A-F]{2} ?)+)$", TEXT, re.MULTILINE)
    spoken = [name for said, answers in DAY for name in (said, *answers) if name in WIRE]
    assert [name for name, _ in told] == spoken
    assert all(bytes.fromhex(wire).hex() == WIRE[name] for name, wire in told)


@pytest.mark.parametrize("kind", [kind for kind in MessageType if kind < MessageType.RATE], ids=lambda kind: kind.name)
def test_every_request_has_its_row_of_sizes_and_checks(kind: MessageType) -> None:
    assert f"\n| {kind.name} {kind:02X} | " in TEXT


@pytest.mark.parametrize(
    ("title", "values"),
    [
        ("Device class", [*DeviceClass]), ("ACK code", [*AckCode]), ("FAULT", [*FaultCode]), ("Voice", [*Voice]),
    ],
    ids=["class", "ack", "fault", "voice"],
)  # fmt: skip
def test_every_value_of_a_set_is_explained(title: str, values: list[IntEnum]) -> None:
    text = paragraph(title)
    assert [value for value in values if not re.search(rf"\b{int(value)} \w", text)] == []
    assert not re.search(rf"(?:, |\n){len(values) + min(values)} \w", text)


def test_capabilities_and_flags_are_explained_bit_by_bit() -> None:
    assert [int(found, 16) for found in re.findall(r"\b(\d{4}) [a-z]", paragraph("Capabilities"))] == [*Caps]
    assert [int(found, 16) for found in re.findall(r"\b(\d{2}) [a-z]", paragraph("Flags"))] == [*Flags]


def test_refusals_and_settings_are_tables() -> None:
    for code in NakCode:
        assert f"\n| {code.value} | {code.name} | " in TEXT
    for key in CfgKey:
        (row,) = re.findall(rf"^\| {key.value} \| [a-z]\w*[^|]* \| ([^|]+) \|", TEXT, re.MULTILINE)
        numbers = [int(found) for found in re.findall(r"(?<!\()\b\d+\b", row)]
        assert (numbers[0], numbers[-1]) == (min(ALLOWED[key]), max(ALLOWED[key]))


def test_the_worked_slot_of_discovery_is_right() -> None:
    assert f"HT25A0000317 answers in slot {crc16(b'HT25A0000317') % 16} of 16" in TEXT
