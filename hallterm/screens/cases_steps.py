"""What is done in a case: the call-back, its class, the measure, the second rating, the end; the appeal; who the rater is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.bad_rating import CLASS_RULES, CONTACT_WORDS
from hallterm.rules.ratings import SCALES
from hallterm.screens.cases_detail import number_text
from hallterm.screens.cases_words import CLASSES, CONTACTS, DECISIONS
from hallterm.screens.panes import void
from hallterm.screens.sync_choice import Choice, Option
from hallterm.workflows import appeals, bad_ratings
from hallterm.workflows.cases_look import TODO, CaseDetail
from storage.facts import AppealDecision, Moment

if TYPE_CHECKING:
    from hallterm.screens.cases_list import CasesPane
    from hallterm.workflows.bad_ratings import CaseDone
    from hallterm.workflows.desk import Desk

LONGEST = 40


class CaseSteps:
    """Asks what a step needs, then writes it for the chosen case."""

    def __init__(self, pane: CasesPane) -> None:
        self.pane = pane
        self.screen = pane.screen

    def digit(self, digit: int, *, listed: bool = False) -> bool:
        """The list of the step that waits; where none does, digits change the page. Outside a list that F6 opened a digit
        is asked about: who wanted another page has judged nothing.
        """
        detail = self.pane.known
        if detail is None or detail.handle_refused is not None or not digit:
            return False
        if detail.line.todo == "call" and digit <= len(CONTACTS):
            result = CONTACTS[digit - 1]
            question = _("{number} call-back: {result}?").format(
                number=number_text(detail.line.row.number), result=_(CONTACT_WORDS[result])
            )
            self._sure(question, lambda desk, now, id: bad_ratings.contact(desk, now, id, result), twice=not listed)
            return True
        if detail.line.todo == "classify" and digit <= len(CLASSES):
            cls = CLASSES[digit - 1]
            question = _("{number} is {cls}?").format(
                number=number_text(detail.line.row.number), cls=_(CLASS_RULES[cls].label)
            )
            self._sure(question, lambda desk, now, id: bad_ratings.classify(desk, now, id, cls), twice=not listed)
            return True
        return False

    def _sure(
        self, question: str, work: Callable[[Desk, Moment, str], CaseDone], slot: Slot = Slot.F8, *, twice: bool = False
    ) -> None:
        """Ask once more where the rules want it, then write."""
        chosen = self.pane.chosen
        if chosen is None:
            return
        id = chosen.row.id
        ask = self.screen.ask_again if twice else self.screen.sure
        ask(question, lambda: self.screen.write(lambda desk, now: work(desk, now, id).words), slot)

    def take_up(self) -> None:
        detail = self.pane.known
        if detail is None:
            return
        number = number_text(detail.line.row.number)
        todo = detail.line.todo
        if todo in ("call", "classify"):
            words = [CONTACT_WORDS[one] for one in CONTACTS]
            words = words if todo == "call" else [CLASS_RULES[one].label for one in CLASSES]
            take = [Option(_(word), self._digit(place)) for place, word in enumerate(words, 1)]
            self.screen.choice = Choice(f"{number}  {_(TODO[todo])}", take)
        elif todo == "measure":
            self._text(
                _("Measure"), _("what is done about it"),
                lambda text: self._sure(
                    _("{number} write the measure?").format(number=number),
                    lambda desk, now, id: bad_ratings.measure(desk, now, id, text),
                    Slot.F6,
                ),
            )  # fmt: skip
        elif todo in ("forward", "decide"):
            self.appeal()
        else:
            self._rate_again(detail)

    def _digit(self, digit: int) -> Callable[[], None]:
        return lambda: void(self.digit(digit, listed=True))

    def _text(self, label: str, hint: str, entered: Callable[[str], None]) -> None:
        self.screen.ask_text(label, hint, LONGEST, entered)

    def _rate_again(self, detail: CaseDetail) -> None:
        number = number_text(detail.line.row.number)

        def take(level: int) -> Callable[[], None]:
            return lambda: self._sure(
                _("{number} note the second rating?").format(number=number),
                lambda desk, now, id: bad_ratings.rate_again(desk, now, id, level),
                Slot.F6,
            )

        levels = SCALES[detail.line.row.scale]
        self.screen.choice = Choice(
            _("{number}  second rating, as the rater says it").format(number=number),
            [Option(_(one.label), take(one.level)) for one in levels],
        )

    def close(self) -> None:
        chosen = self.pane.chosen
        if chosen is None:
            return
        number = number_text(chosen.row.number)

        def take(told: bool) -> Callable[[], None]:
            return lambda: self._sure(
                _("Close {number}?").format(number=number),
                lambda desk, now, id: bad_ratings.close(desk, now, id, told=told),
            )

        options = [Option(_("the rater was told"), take(True)), Option(_("could not be told"), take(False))]
        self.screen.choice = Choice(_("Close {number}").format(number=number), options)

    def appeal(self) -> None:
        """The director hands it on; who decides chooses, and says why. Always asked twice."""
        detail = self.pane.known
        if detail is None:
            return
        number = number_text(detail.line.row.number)
        if detail.line.todo == "forward":
            question = _("{number} hand the appeal on to the collection department?").format(number=number)
            self._sure(question, lambda desk, now, id: appeals.forward_appeal(desk, now, id), Slot.F9, twice=True)
            return
        options = [Option(_(DECISIONS[one]), self._deciding(one, number)) for one in AppealDecision]
        self.screen.choice = Choice(_("{number}  decide on the appeal").format(number=number), options)

    def _deciding(self, decision: AppealDecision, number: str) -> Callable[[], None]:
        def entered(reason: str) -> None:
            self._sure(
                f"{number} {_(DECISIONS[decision])}?",
                lambda desk, now, id: appeals.decide_appeal(desk, now, id, decision, reason),
                Slot.F9,
                twice=True,
            )

        return lambda: self._text(_("Why"), _("is kept with the decision"), entered)

    def reveal(self) -> None:
        def entered(reason: str) -> None:
            self._sure(
                _("Show who the rater is?"),
                lambda desk, now, id: appeals.reveal_rater(desk, now, id, reason),
                Slot.CTRL_R,
            )

        self._text(_("Why the rater is looked at"), _("is recorded"), entered)
