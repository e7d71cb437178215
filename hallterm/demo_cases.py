"""The bad ratings of the demonstration hall's past, each with a fate of its own: through the workflows of a case."""

from __future__ import annotations

from collections.abc import Callable

from hallterm.demo_past import BAD, FIRST_DAYS, Past
from hallterm.demo_people import DEPARTMENT, DIRECTOR
from hallterm.workflows import appeals, bad_ratings
from hallterm.workflows.desk import Desk
from storage.facts import AppealDecision, BadRatingClass, ContactResult, Moment


class Cases:
    """Puts down what was done about each; ``desk`` is that of a staff number."""

    def __init__(self, past: Past, desk: Callable[[str], Desk]) -> None:
        self.past, self.desk = past, desk

    def put_down(self) -> None:
        for nth, fate in zip(BAD, FATES, strict=True):
            fate(self, nth + len(self.past.days) - FIRST_DAYS)

    def case(self, nth: int, hh_mm: str, of: int, step: Callable[[Moment, str], object]) -> None:
        """A step in the case of the bad rating of a day."""
        self.past.deed(nth, hh_mm, lambda now: step(now, self.past.bad[of].case))

    def call_back(self, of: int, result: ContactResult = ContactResult.REACHED) -> None:
        desk = self.desk(DIRECTOR)
        self.case(of + 1, "09:10", of, lambda now, case: bad_ratings.contact(desk, now, case, result, "已道歉并解释"))

    def judge(self, of: int, cls: BadRatingClass, cause: str) -> None:
        desk = self.desk(DIRECTOR)
        self.case(of + 1, "09:30", of, lambda now, case: bad_ratings.classify(desk, now, case, cls, cause))

    def correct(self, of: int, text: str) -> None:
        desk = self.desk(DIRECTOR)
        self.case(of + 1, "10:05", of, lambda now, case: bad_ratings.measure(desk, now, case, text))

    def close_case(self, of: int, after: int = 2) -> None:
        desk = self.desk(DIRECTOR)
        self.case(of + after, "16:10", of, lambda now, case: bad_ratings.close(desk, now, case, told=True))

    def rate_again(self, of: int) -> None:
        desk = self.desk(DIRECTOR)
        self.case(of + 2, "16:00", of, lambda now, case: bad_ratings.rate_again(desk, now, case, 5, "第二次很快办好"))

    def appeal(self, of: int) -> None:
        """The clerk says that it was not so."""

        def file(now: Moment, case: str) -> None:
            visit = self.past.bad[of]
            appeals.file_appeal(self.desk(visit.staff), now, case, "当时系统故障, 已向纳税人说明", ("监控录像",))

        self.case(of + 1, "14:20", of, file)

    def decide(self, of: int, decision: AppealDecision, reason: str) -> None:
        """The director hands it on, the department decides."""
        director, department = self.desk(DIRECTOR), self.desk(DEPARTMENT)
        self.case(of + 1, "15:30", of, lambda now, case: appeals.forward_appeal(director, now, case, "情况属实"))
        self.case(of + 2, "10:30", of, lambda now, case: appeals.decide_appeal(department, now, case, decision, reason))


def _corrected(one: Cases, of: int) -> None:
    one.call_back(of)
    one.judge(of, BadRatingClass.CLEAR, "未一次性告知")
    one.correct(of, "补发告知单, 班后学习")
    one.rate_again(of)
    one.close_case(of)


def _unfounded(one: Cases, of: int) -> None:
    one.judge(of, BadRatingClass.UNFOUNDED, "记录完整, 办理合规")
    one.close_case(of)


def _complex(one: Cases, of: int) -> None:
    one.call_back(of)
    one.judge(of, BadRatingClass.COMPLEX, "系统限制")
    one.correct(of, "向信息中心提交需求")
    one.close_case(of, after=4)


def _revoked(one: Cases, of: int) -> None:
    one.appeal(of)
    one.decide(of, AppealDecision.REVOKE, "监控显示误按")


def _kept(one: Cases, of: int) -> None:
    one.call_back(of, ContactResult.NO_ANSWER)
    one.appeal(of)
    one.decide(of, AppealDecision.KEEP, "办理超时属实")


def _by_mistake(one: Cases, of: int) -> None:
    one.judge(of, BadRatingClass.WRONG, "纳税人说按错了")


def _called_back(one: Cases, of: int) -> None:
    one.call_back(of)


def _appealed(one: Cases, of: int) -> None:
    one.appeal(of)


FATES: tuple[Callable[[Cases, int], None], ...] = (
    *(_corrected, _unfounded, _complex, _revoked, _kept, _by_mistake, _called_back, _appealed),
)
"""What became of the bad ratings, in their order."""
