"""The report: there and back, sealed, and without anything that must not be in it."""

import errno
import os
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.events import Role
from devices.sim.card_reader import made_up_card
from devices.technician.report import (
    FRAMES,
    Fault,
    Heading,
    PortPrint,
    Replaced,
    Report,
    ReportChange,
    ReportDevice,
    ReportError,
    clean,
    cleaned,
    digest,
    dump,
    file_name,
    load,
    save,
)
from devices.technician.results import Light, Outcome, Tried

AT = datetime(2026, 11, 21, 9, 12, 30, tzinfo=timezone(timedelta(hours=8)))
PAD = ReportDevice(
    Role.RATING_DEVICE, "pad_htp1", "PJ5-A", "HT25A0000317", "1.4.2", "2", 0x5C1F, 3, "9600 8N1",
    port=PortPrint("/dev/ttyUSB0", "1A86", "7523", "", "1-1.3"),
    keys={1: 5, 2: 4, 3: 3, 4: 2, 5: 1},
    test=(
        Tried("loop", Outcome.PASS, figures={"frames": 1000, "errors": 0, "rtt_ms_p95": 41.0}),
        Tried("press", Outcome.PASS, confirmed_by="T017"),
    ),
    change=(ReportChange("address", 1, 3),),
    fault=(Fault("unreadable", {"port": "/dev/ttyUSB0", "baud": 9600}, "速率不对"),),
    health={"pad.3.link.score": 0.9982},
)  # fmt: skip
REPORT = Report(
    Heading(
        "XX区税务局办税服务厅", "360600001", "3", "T017", AT, AT + timedelta(minutes=100), "例行", "1.0", "Linux", "hallterm",
        ("hallterm", "dialout"), -0.4, "pass", ("灯没有试",), "T017",
    ),
    (PAD,),
    (Replaced("评价器", "HT25A0000100", "HT25A0000317"),),
    ("2026-11-21 09:12:30.000 T 7E 41 FE 01 01 01 01 B3 CA 7E HELLO",),
)  # fmt: skip


def test_it_comes_back_as_it_was() -> None:
    text = dump(REPORT)
    assert load(text) == REPORT
    assert "started = 2026-11-21 09:12:30+08:00" in text
    assert digest(text) == re.findall(r"[0-9a-f]{64}", text)[-1]
    assert REPORT.light is Light.GREEN


@settings(max_examples=80, deadline=None)
@given(place=st.floats(0, 0.999), byte=st.characters(min_codepoint=33, max_codepoint=126))
def test_whatever_is_changed_is_noticed(place: float, byte: str) -> None:
    text = dump(REPORT)
    at = int(place * len(text))
    changed = text[:at] + byte + text[at + 1 :]
    if changed == text:
        return
    with pytest.raises(ReportError):
        load(changed)


def test_what_is_no_report_is_refused() -> None:
    for text in ("", "[report]\n", "][", 'seal = "x"'):
        with pytest.raises(ReportError, match="no_report"):
            load(text)


def test_numbers_of_people_and_cards_do_not_get_in() -> None:
    person = made_up_card().number
    planted = (person, "6222 0202 0011 2233 444", "4111-1111-1111-1111", "62220202001122334449")
    head = msgspec.structs.replace(
        REPORT.report, reason=f"来人 {planted[0]} 说灯不亮", open_points=tuple(f"x{one}y" for one in planted)
    )
    device = msgspec.structs.replace(PAD, fault=(Fault("silent", {}, f"卡 {planted[1]}"),))
    text = dump(Report(head, (device,), frames=REPORT.frames))
    for one in planted:
        assert one not in text
    assert "··" in text
    assert load(text).report.reason == "来人 ·· 说灯不亮"
    assert clean("07910 1234567, HT25A0000317, 2026-11-21 09:12") == "07910 1234567, HT25A0000317, 2026-11-21 09:12"


def test_only_the_last_frames_are_kept() -> None:
    many = msgspec.structs.replace(REPORT, frames=tuple(str(number) for number in range(FRAMES + 50)))
    assert cleaned(many).frames[0] == "50"
    assert len(cleaned(many).frames) == FRAMES


def test_it_is_saved_whole_and_never_over_another(tmp_path: Path) -> None:
    first, second = save(REPORT, tmp_path / "reports", "页\n"), save(REPORT, tmp_path / "reports")
    assert first.path.name == "2026-11-21_c03_HT25A0000317.toml"
    assert second.path.name == "2026-11-21_c03_HT25A0000317-2.toml"
    assert first.page is not None
    assert first.page.read_text("utf-8") == "页\n"
    assert load(first.path.read_text("utf-8")) == REPORT
    assert first.sha256 == second.sha256 == digest(first.path.read_text("utf-8"))
    assert sorted(path.suffix for path in (tmp_path / "reports").iterdir()) == [".toml", ".toml", ".txt"]


def test_a_name_is_no_path() -> None:
    head = msgspec.structs.replace(REPORT.report, window="../3")
    device = msgspec.structs.replace(PAD, serial="a/b\0c")
    assert "/" not in file_name(Report(head, (device,)))


def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        save(REPORT, tmp_path, "页")
    assert list(tmp_path.iterdir()) == []
