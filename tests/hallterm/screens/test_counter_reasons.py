"""Lists and sentences of the counter that name a reason: of a walk-up, of a pause that somebody must confirm."""

from __future__ import annotations

from msgspec.structs import replace

from tests.hallterm.screens import views
from tests.hallterm.screens.conftest import Opened


async def test_the_reasons_of_a_walk_up_say_which_cannot_be(opened: Opened) -> None:
    async with opened(views.walk_up()) as counter:
        await counter.press("ctrl+r")
        assert "为什么没有号?" in counter.row(11)
        assert [counter.row(row)[:14].rstrip() for row in range(12, 16)] == [
            " -1  服务点",
            "  2  断网",
            " -3  无人排队",
            " -4  咨询",
        ]
        assert "本厅不是服务点" in counter.row(12)
        assert "有人等候" in counter.row(14)
        await counter.press("3")
        assert counter.store.calls == []
        assert counter.row(22).rstrip() == " X 3  有人等候"
        await counter.press("escape")
        assert "为什么没有号?" not in counter.row(11)


async def test_a_fault_pause_that_became_one_for_the_leader_is_told_once(opened: Opened) -> None:
    until_t = views.at("18:00:00") + 86_400_000
    async with opened(views.paused(), "10:55:00") as counter:
        await counter.show(replace(views.paused(), confirm_until_t=until_t, pos=2))
        assert counter.row(22).rstrip() == " ! 这次故障暂停要值班长在 11-25 18:00 前确认,否则改为计入"
        await counter.press("f7")
        assert "确认" not in counter.row(22)
        await counter.show(replace(views.paused(), confirm_until_t=until_t, pos=3))
        assert "确认" not in counter.row(22)


async def test_a_service_without_a_rating_of_its_own_is_named_so(opened: Opened) -> None:
    async with opened(views.idle(last=replace(views.LAST, rating="with_visit"))) as counter:
        assert "随本次评价" in counter.row(8)
