"""Page 3: the assessment of a city, a hall, a person, and what stands behind each point; and everybody's own page (menu 21)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from hallterm.actions import Slot
from hallterm.locale import N_, _, language
from hallterm.reports.files import FileFormat, export
from hallterm.reports.model import Drill, Report
from hallterm.rules.day import business_day
from hallterm.rules.periods import month_before
from hallterm.rules.words import Reason
from hallterm.screens.assessment_list import TREND, ListPane
from hallterm.screens.assessment_look import FIGURES_ONLY, Ask, AssessmentLook, assessment_look
from hallterm.screens.assessment_person import PersonPane
from hallterm.screens.assessment_voter import VoterPane
from hallterm.screens.panes import Pane, void
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key
from hallterm.screens.waiting import WaitingScreen
from hallterm.widgets.cells import spread, width
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.health import net_piece
from hallterm.widgets.lines import Row
from hallterm.widgets.writing import reason_text
from hallterm.workflows import months
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.errors import ErrorDraft, record_error
from hallterm.workflows.month_words import NOT_OVER
from hallterm.workflows.months import MonthDone
from hallterm.workflows.of_a_hall import in_hall
from hallterm.workflows.outstanding import cast_vote, count_vote, open_vote
from hallterm.workflows.seen import Health
from storage.facts import Moment
from storage.views.reporting import matter_names

OPINIONS = "my.opinions"
QUARTER = 3
NOT_SAVED = Reason(N_("not saved: the folder of the reports may not be written"))


class AssessmentScreen(WaitingScreen):
    """Panes follow each other down to the rows; Esc goes up again, the cursor stays."""

    in_mode = "assessment"
    heading = N_("Assessment")

    def __init__(self, id: str = "assessment") -> None:
        super().__init__(id=id)
        self.matters: dict[str, str] = {}
        self._viewer = ("", "")

    def first_pane(self) -> Pane:
        return ListPane(self, Ask())

    def place(self) -> tuple[str, str]:
        return self._viewer

    # what is known

    def read(self, ask: Ask, show: Callable[[AssessmentLook], None]) -> None:
        """Ask for a page; ``show`` keeps it before it is drawn."""
        pane = self.pane

        def read(desk: Desk, now: Moment) -> tuple[AssessmentLook, dict[str, str]]:
            found = assessment_look(desk, now, ask)
            names = matter_names(desk.journal.database) if ask.part else {}
            return found, {
                code: chinese if language() == "zh_CN" or not english else english
                for code, (chinese, english) in names.items()
            }

        def then(answer: tuple[AssessmentLook, dict[str, str]]) -> None:
            if not self.is_current or self.pane is not pane:
                return
            look, matters = answer
            self.matters = matters or self.matters
            self._viewer = (look.place_name, look.viewer)
            show(look)
            self.repaint()

        self.ask_watched(read, then, self._refuse)

    def stay(self) -> None:
        keep_shown(self.pane)

    def read_beside(self, ask: Ask, keep: Callable[[AssessmentLook | str], None]) -> None:
        """Ask for what stands beside a list: the page, or the sentence that refuses it."""

        def then(found: AssessmentLook | str) -> None:
            keep(found)
            if self.is_current:
                self.repaint()

        self.ask_store(lambda desk, now: assessment_look(desk, now, ask), then, writes=False, refused=then)

    def _refuse(self, sentence: str) -> None:
        """A page further down may be refused while the one above is still good."""
        pane, before = self.pane, getattr(self.pane, "before", None)
        if self.typed is not None and isinstance(pane, (ListPane, PersonPane)) and pane.is_read:
            pane.stay()
            self.tell(sentence, NOT_DONE)
        elif before is None:
            self.refused(sentence)
        else:
            self.turn_to(before)
            self.tell(sentence, NOT_DONE)

    def net(self, health: Health, text: str, end: str) -> Row:
        """Row 2: the line to the centre, what is shown, and something at the right."""
        word, ink = net_piece(health, self.host.now().t)
        rest = spread(f"  {text}", f"{end} ", max(1, self.size.width - width(word) - 1))
        return (" ", ink), (word, ink), (rest, type(ink).PLAIN)

    def go_down(self, pane: Pane, drill: Drill, look: AssessmentLook) -> None:
        """From a hall to its people, from a person to the parts."""
        if drill.staff and not look.may_open:
            self.say(reason_text(self, FIGURES_ONLY), NOT_DONE)
        elif drill.staff:
            self.turn_to(PersonPane(self, Ask(look.period.code, look.place, drill.staff), before=pane))
        else:
            self.turn_to(ListPane(self, Ask(look.period.code, drill.hall), before=pane))

    def periods(self, take: Callable[[str], None], places: Callable[[], None] | None = None) -> Choice:
        """F4: the times by digits, another one typed; then the places."""
        this = business_day(self.host.now().t)[:7]
        quarter = f"{this[:4]}-Q{(int(this[5:]) - 1) // QUARTER + 1}"
        half = f"{this[:4]}-H{1 if int(this[5:]) <= QUARTER * 2 else 2}"
        named = (
            (_("this month"), this),
            (_("last month"), month_before(this)),
            (_("this quarter"), quarter),
            (_("this year"), this[:4]),
            (_("this half-year"), half),
        )
        options = [Option(f"{words}  {code}", lambda code=code: take(code)) for words, code in named]  # type: ignore[misc]
        if places is not None:
            options.append(Option(_("another place"), places))
        typed = _("2026-09, 2026-Q3, 2026-H1, 2026 or 2026-03..2026-07")
        other = Option(_("another time, typed"), lambda: self.ask_text(_("Time"), typed, 18, take))
        return Choice(_("Which time?"), options, other)

    # freezing

    def _at(self) -> AssessmentLook | None:
        return self.pane.look if isinstance(self.pane, (ListPane, PersonPane, VoterPane)) else None

    def cannot_freeze(self, look: AssessmentLook) -> str:
        """Why a month of this place cannot be frozen or proposed now."""
        if not (look.may_freeze or look.may_propose):
            return _("your roles only read here")
        month = look.month
        if month is None:
            return _("choose one month of one hall")
        over = month.refusal is None or month.refusal.msgid != NOT_OVER
        blocking = month.refusal if look.may_freeze or month.is_frozen or not over else None
        if blocking is not None:
            return reason_text(self, blocking)
        return _("it is proposed already") if month.is_proposed and not look.may_freeze else ""

    def ask_freeze(self) -> None:
        """Twice, wherever one is: it stands for ever."""
        look = self._at()
        if look is None or look.month is None:
            return
        hall, month, freeze = look.place, look.month.month, look.may_freeze
        what = _("Freeze {month} of {hall}?") if freeze else _("Propose to freeze {month} of {hall}?")

        def work(desk: Desk, now: Moment) -> MonthDone:
            if freeze:
                return months.freeze_month(desk, hall, month, now)
            return months.propose_month(desk, hall, month, "", now)

        question = what.format(month=month, hall=look.place_name)
        self.ask_again(question, lambda: self.write(work), Slot.F6)

    def cannot_reopen(self, look: AssessmentLook) -> str:
        """Why a month is not opened again here."""
        if look.month is None or not look.month.is_frozen:
            return _("this month is not frozen")
        return "" if look.may_freeze else _("your roles do not open months again")

    def ask_reopen(self) -> None:
        """The reason first, then the key once more."""
        look = self._at()
        if look is None or look.month is None:
            return
        hall, month = look.place, look.month.month

        def entered(reason: str) -> None:
            question = _("Open {month} of {hall} again?").format(month=month, hall=look.place_name)
            work = lambda desk, now: months.reopen_month(desk, hall, month, reason, now)  # noqa: E731
            self.ask_again(question, lambda: self.write(work), Slot.F9)

        self.ask_text(_("Why it is opened again"), "", 40, entered)

    def write(self, work: Callable[[Desk, Moment], MonthDone]) -> None:
        """Record it and read again."""
        look = self._at()
        place = look.place if look is not None and look.is_hall else ""
        void(self.ask_store(lambda desk, now: work(in_hall(desk, place), now), lambda done: self.wrote(done.words)))

    # errors, votes, files, appeals

    def ask_error(self, staff: str) -> None:
        """An error is typed in one line; from afar F-Ins once more."""

        def entered(typed: str) -> None:
            day, _blank, rest = typed.partition(" ")
            code, _blank, note = rest.strip().partition(" ")
            year = business_day(self.host.now().t)[:5]
            draft = ErrorDraft(staff, day if len(day) > len("11-24") else f"{year}{day}", code, note)
            question = _("Error of {staff} on {day}: {code} {note}?").format(
                staff=staff, day=draft.day, code=code, note=note
            )
            self.sure(question, lambda: self.write(lambda desk, now: record_error(desk, draft, now)), Slot.INSERT)

        self.ask_text(_("Error"), _("day, matter, what: 11-24 B01 wrong form accepted"), 36, entered)

    def cannot_vote(self, look: AssessmentLook) -> str:
        """Why there is nothing to vote, open or count here."""
        if look.own:
            if look.vote is None or not look.vote.is_open:
                return _("no vote is open")
            return reason_text(self, look.vote.refusal) if look.vote.refusal is not None else ""
        if look.month is None or not (look.may_propose or look.may_freeze):
            return _("votes are opened and counted by director and assessor, a month of a hall")
        return ""

    def choose_vote(self) -> None:
        """On the own page the colleagues, on the page of a hall opening and counting."""
        look = self._at()
        if look is None:
            return
        if look.own and look.vote is not None:
            month, people = look.vote.month, look.vote.choices
            options = [
                Option(f"{one.staff}  {one.name}", partial(self._vote, month, one.staff, one.name)) for one in people
            ]
            self.choice = Choice(_("Whom do you choose for {month}? Nobody can see it").format(month=month), options)
        elif look.month is not None:
            self._choose_round(look.month.month)

    def _choose_round(self, month: str) -> None:
        def opened() -> None:
            self._sure_of(lambda desk, now: open_vote(desk, month, now), _("Open the vote for {month}?"), month)

        def counted() -> None:  # the key of the ballots goes with it: asked twice wherever one is
            question = _("Count the vote for {month}?").format(month=month)
            self.ask_again(question, lambda: self.write(lambda desk, now: count_vote(desk, month, now)), Slot.INSERT)

        options = [Option(_("open the vote of the hall"), opened), Option(_("count it and show the sums"), counted)]
        self.choice = Choice(_("Outstanding vote {month}").format(month=month), options)

    def _sure_of(self, work: Callable[[Desk, Moment], MonthDone], question: str, month: str) -> None:
        self.sure(question.format(month=month), lambda: self.write(work), Slot.INSERT)

    def _vote(self, month: str, staff: str, name: str) -> None:
        """Twice, wherever one is: nobody can open a ballot again."""
        question = _("Your vote for {month} goes to {name}?").format(month=month, name=name)
        self.ask_again(question, lambda: self.write(lambda desk, now: cast_vote(desk, month, staff, now)), Slot.INSERT)

    def save(self, report: Report, form: FileFormat) -> None:
        """Into the folder of the reports of this PC."""

        def work(desk: Desk, _now: Moment) -> str:
            folder = Path(desk.journal.database.where).parent
            try:
                return export(report, form, folder).name
            except OSError:
                raise Refused(NOT_SAVED) from None

        def then(name: str) -> None:
            self.say(
                _("saved: {name}, {rows} lines, in the folder reports of this PC").format(
                    name=name, rows=len(report.rows)
                )
            )

        self.ask_store(work, then, writes=False)

    def cannot_appeal(self, look: AssessmentLook) -> str:
        """Why no rating is appealed from here."""
        if look.person is None or not look.person.own:
            return _("each appeals his own ratings")
        return "" if OPINIONS in self.host.pages else _("this page is not here")

    def open_opinions(self) -> None:
        """Where one's own bad ratings are appealed."""
        self.host.pages[OPINIONS]()


def keep_shown(pane: Pane) -> None:
    """A reading was ended: neither its time and place nor its trend are asked for again."""
    if isinstance(pane, (ListPane, PersonPane)) and pane.look is not None:
        pane.stay()
        if pane.view == TREND and not pane.look.trend:
            pane.back()


class MyAssessmentScreen(AssessmentScreen):
    """Everybody's own page."""

    in_mode = "my_assessment"
    heading = N_("My assessment")

    def __init__(self) -> None:
        super().__init__("my-assessment")

    def first_pane(self) -> Pane:
        return PersonPane(self, Ask(own=True))

    def refused(self, sentence: str) -> None:
        """Nothing of this month, as on its first morning: another one can be looked at."""
        super().refused(sentence)
        self.pane = AnotherTimePane(self)
        self.repaint()


class AnotherTimePane(Pane):
    """In place of a page that holds nothing."""

    screen: MyAssessmentScreen

    def bar(self) -> list[Key]:
        return [Key(Slot.F4, _("Scope"), self._choose)]

    def _choose(self) -> None:
        self.screen.choice = self.screen.periods(self._of)

    def _of(self, period: str) -> None:
        self.screen.turn_to(PersonPane(self.screen, Ask(period, own=True)))
