"""The plain screens fit 80 cells, in both languages, and say what is known and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from hallterm import locale
from hallterm.plain_screens import (
    IncidentFacts,
    broken_config_screen,
    damaged_progress_line,
    damaged_screen,
    incident_screen,
    newer_version_screen,
)

AT = datetime(2026, 11, 24, 2, 47, 3, tzinfo=UTC)
SAVED = datetime(2026, 11, 24, 2, 46, 58, tzinfo=UTC)
"""The zone of a machine is not that of the hall."""
FULL = IncidentFacts(AT, "log", SAVED, 10412, "B047", True)


@pytest.fixture(params=locale.LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    before = locale.language()
    locale.use(request.param)
    yield request.param
    locale.use(before)


def test_the_incident_screen_in_both_languages(language: str) -> None:
    screen = incident_screen("7K3-0412", FULL)
    expected = {
        "zh_CN": """\
 hallterm 停了。                                事件号 7K3-0412   11-24 10:47:03
--------------------------------------------------------------------------------
 已经保存的都在: 最后一笔 10:46:58(第 10412 条)。没有丢,不用重录
 B047 没有丢: 重新打开后接着办。停机的时间不计时限
 评价器、叫号屏、别的窗口不受影响

 现在做    按 Enter 重新打开
 又停了    打电话给技术人员,报事件号;先按纸质流程办,以后补录
 记录在    log,里面没有姓名、证件号、金额
""",
        "en": """\
 hallterm has stopped.                        Incident 7K3-0412   11-24 10:47:03
--------------------------------------------------------------------------------
 All that was saved is there: the last entry is of 10:46:58 (no. 10412). Nothing
 to enter again.
 B047 is not lost: open again and go on. The time in between does not count.
 The rating pad, the displays and the other windows are not affected.

 Do now    Press Enter to open again
 If again  Call the technician and give the incident number; go on with paper
           forms, enter them later
 Kept in   log: without names, identity numbers or amounts
""",
    }
    assert screen == expected[language]


def test_what_is_not_known_is_not_promised(language: str) -> None:
    lines = incident_screen("7K3-0412", IncidentFacts(AT, "log")).splitlines()
    everything = incident_screen("7K3-0412", FULL).splitlines()
    assert not [line for line in lines if "10412" in line or "B047" in line]
    assert len(lines) == len(everything) - (2 if language == "zh_CN" else 3)


def test_every_screen_fits(language: str) -> None:
    long = "第 10398-10404 条(11-23 17:52-17:58),指纹对不上。前面的都对;" * 3
    screens = [
        incident_screen("7K3-0412", IncidentFacts(AT, "/var/lib/hallterm/" + "x" * 90, SAVED, 10412, "B047", True)),
        damaged_screen("7K3-0413", AT, [("坏在", long), ("a rather long label", "word " * 40)], [long, "只看清单"]),
        newer_version_screen(long),
        broken_config_screen([long, "word " * 40]),
        damaged_progress_line(10404, 10404, 4, 4),
    ]
    for screen in screens:
        assert max(cell_len(line) for line in screen.splitlines()) <= 80, screen


def test_a_long_sentence_loses_nothing(language: str) -> None:
    sentence = 'hallterm.toml 第 12 行 [keys] finish = "f12": 终端会吃掉 F12。可用 Del、End、Home。' * 3
    screen = broken_config_screen([sentence])
    assert screen.startswith("X ")
    assert "".join(screen[2:].split()) == "".join(sentence.split())


def test_choices_are_numbered_and_findings_labelled(language: str) -> None:
    lines = damaged_screen("7K3-0413", AT, [("坏在", "一"), ("还有", "二")], ["找回", "看"]).splitlines()
    assert " 坏在      一" in lines
    assert lines.index(" 1  找回") + 1 == lines.index(" 2  看")


@pytest.mark.parametrize(
    ("done", "total", "bar"), [(0, 9, "." * 20), (4180, 10404, "#" * 8 + "." * 12), (0, 0, "#" * 20)]
)
def test_the_bar_of_a_repair(done: int, total: int, bar: str) -> None:
    assert damaged_progress_line(done, total, 1, 4).startswith(f" [{bar}] ")
