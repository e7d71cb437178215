"""Row 2 of a counter: what waits and since when is no error; what needs a person has its mark, and a sentence once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from rich.cells import cell_len

from hallterm import locale
from hallterm.widgets.health import health_row
from hallterm.widgets.health_news import health_news
from hallterm.widgets.lines import Row
from hallterm.workflows.seen import Health
from tests.hallterm.workflows.founded import at

NOW = at("10:45").t
WELL = Health(True, 0, 0, 0, (), station=True, centre=True)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    locale.use("zh_CN")
    yield
    locale.use("en")


def changed(**values: Any) -> Health:
    return msgspec.structs.replace(WELL, **values)


def text(row: Row) -> str:
    return row if isinstance(row, str) else "".join(piece for piece, _ink in row)


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (WELL, "网 在线"),
        (changed(online=False, since_t=at("10:31").t, waiting=164), "网 离线 10:31 起  待传 164"),
        (changed(online=False, since_t=at("09:00", "2026-09-28").t, waiting=9000), "网 离线 09-28 09:00 起  待传 9000"),
        (changed(online=False, refusal="trying"), "网 正在连  待传 0"),
        (changed(online=False), "网 离线  待传 0"),
        (changed(online=False, since_t=1, refusal="unreachable"), "网 离线"),
        (changed(skew_ms=119_000), "钟 准"),
        (changed(skew_ms=130_000), "! 钟 快 2 分"),
        (changed(skew_ms=-3_600_000), "! 钟 慢 60 分"),
        (changed(disk_free=4), "! 磁盘 剩 4 %"),
        (changed(online=False, refusal="revoked"), "! 已吊销"),
        (changed(online=False, refusal="upgrade"), "! 程序太旧"),
        (changed(centre=False), "网 单机"),
        (changed(station=False), "后台 断"),
        (changed(station=False, starting=True), "后台 启动"),
        (changed(station=False, starting=True, online=False), "网 正在连"),
    ],
)
def test_each_word(health: Health, words: str) -> None:
    shown = text(health_row(health, NOW, 80))
    assert words in shown
    assert cell_len(shown) == 80


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        (changed(online=False, refusal="upgrade"), "程序太旧,中心不收: 数据都留着"),
        (changed(online=False, refusal="other-protocol"), "程序太旧,中心不收: 数据都留着"),
        (changed(online=False, refusal="revoked"), "已被中心吊销"),
        (changed(skew_ms=360_000), "钟差 6 分"),
        (changed(disk_free=3), "磁盘只剩 3 %"),
    ],
)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_needs_a_person_is_told_once(after: Health, sentence: str, language: str) -> None:
    locale.use(language)
    said, attention = health_news(WELL, after, NOW)
    assert attention
    assert language == "en" or sentence in said
    assert cell_len(said) <= 77
    assert health_news(after, after, NOW) == ("", False)


def test_a_station_that_comes_up_is_no_news_and_one_that_does_not_is() -> None:
    starting, gone = changed(station=False, starting=True), changed(station=False)
    assert health_news(starting, WELL, NOW) == ("", False)
    assert health_news(starting, gone, NOW) == health_news(WELL, gone, NOW)
    assert "后台进程停了(10:45)" in health_news(starting, gone, NOW)[0]


def test_weeks_without_a_network_are_no_news() -> None:
    assert health_news(WELL, changed(online=False, since_t=NOW, waiting=50), NOW) == ("", False)
