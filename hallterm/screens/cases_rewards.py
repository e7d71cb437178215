"""The rewards and penalties of a month: given, published inside the hall, withdrawn with a reason."""

from __future__ import annotations

from collections.abc import Callable

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.day import local
from hallterm.screens.cases_pane import TimedPane
from hallterm.screens.cases_words import ABSENT
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key
from hallterm.widgets.cells import cut, fit, right, width
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Ink, Row
from hallterm.widgets.writing import reason_text
from hallterm.workflows.comments import REWARD_WORDS, fen, give_reward, publish_reward, withdraw_reward
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.ratings_look import RewardsLook, rewards_look
from storage.facts import Moment, RewardKind
from storage.views.cases import RewardRow


class RewardsPane(TimedPane[RewardsLook, RewardRow]):
    """One row an entry."""

    def ask(self, desk: Desk, now: Moment, when: str) -> RewardsLook:
        return rewards_look(desk, now, when)

    # drawn

    def head(self, cells: int) -> Row:
        look = self.look
        if look is None:
            return ""
        standing = [one for one in look.lines if not one.withdrawn_t]
        return " " + _("rewards and penalties {month}: {count}   published {published}").format(
            month=look.month, count=len(standing), published=sum(bool(one.published_t) for one in standing)
        )

    def columns(self, cells: int) -> str:
        head = " " + fit(_("Number"), 7) + fit(_("Clerk"), 9) + fit(_("Kind"), 9)
        return head + right(_("Yuan"), 10) + "  " + fit(_("State"), 16) + _("For what")

    def nothing(self) -> str:
        return _("Nothing was given in this month")

    def line(self, one: RewardRow, cells: int, *, chosen: bool) -> Row:
        name = self.look.names.get(one.staff, one.staff) if self.look else one.staff
        money = yuan(one.amount_fen) if one.amount_fen else ABSENT
        text = f"{'>' if chosen else ' '}{fit(one.staff, 7)}{fit(name, 9)}{fit(_(REWARD_WORDS[RewardKind(one.reward)]), 9)}"
        text += f"{right(money, 10)}  {fit(state_text(one), 16)}"
        ground = " ".join(part for part in (one.ground, one.text, one.withdrawn_reason) if part)
        ink = Ink.REVERSE if chosen else Ink.DIM if one.withdrawn_t else Ink.PLAIN
        return ((text + cut(ground, cells - width(text)), ink),)

    def foot(self, cells: int) -> Row:
        return " " + _("Published inside the hall only, by the 10th of the next month")

    def hint(self) -> str:
        return _("Ins gives one, F8 publishes it, F9 withdraws it, F7 shows the other lists")

    # keys

    def bar(self) -> list[Key]:
        look, one = self.look, self.chosen
        refused = self.refusal(look.give_refused if look else None)
        none = refused or self.none
        withdrawn = _("it is withdrawn") if one and one.withdrawn_t else ""
        gone = ("" if look and one and one.id in look.own_drafts else none) or withdrawn
        published = none or withdrawn or (_("it is published") if one and one.published_t else "")
        return [
            Key(Slot.F4, _("Month"), self.choose_month),
            Key(Slot.F5, _("Next"), lambda: self.arrow("down"), self.none),
            Key(Slot.F7, _("View"), self.screen.next_view),
            Key(Slot.F8, _("Publ"), self._publish, published),
            Key(Slot.F9, _("Undo"), self._withdraw, gone),
            Key(Slot.INSERT, _("New"), self._give, self.refusal(look.draft_refused if look else None)),
        ]

    def _give(self) -> None:
        people = self.look.people if self.look else ()
        options = [Option(f"{name} {staff}", self._kind(staff, name)) for staff, name in people]
        self.screen.choice = Choice(_("For whom"), options)

    def _kind(self, staff: str, name: str) -> Callable[[], None]:
        def take() -> None:
            options = [Option(_(REWARD_WORDS[kind]), self._ground(staff, name, kind)) for kind in RewardKind]
            self.screen.choice = Choice(name, options)

        return take

    def _ground(self, staff: str, name: str, kind: RewardKind) -> Callable[[], None]:
        def entered(ground: str) -> None:
            label = _("Yuan, or words")
            self.screen.ask_text(
                label, _("such as 200, or: praised"), 40, lambda text: self._record(staff, name, kind, ground, text)
            )

        return lambda: self.screen.ask_text(_("For what"), "", 40, entered)

    def _record(self, staff: str, name: str, kind: RewardKind, ground: str, what: str) -> None:
        month = self.look.month if self.look else ""
        amount, text = 0, what
        if what[:1].isdigit() or what[:1] == "-":
            try:
                amount, text = fen(what), ""
            except Refused as no:
                self.screen.tell(reason_text(self.screen, no.reason), NOT_DONE)
                return
        self.screen.sure(
            _("{name}: {reward} {what}?").format(name=name, reward=_(REWARD_WORDS[kind]), what=what),
            lambda: self.screen.write(
                lambda desk, now: give_reward(desk, now, staff, month, kind, ground, amount, text)
            ),
            Slot.INSERT,
        )

    def _publish(self) -> None:
        one = self.chosen
        if one is None:
            return
        id = one.id
        self.screen.ask_again(
            _("Publish it inside the hall?"),
            lambda: self.screen.write(lambda desk, now: publish_reward(desk, now, id)),
            Slot.F8,
        )

    def _withdraw(self) -> None:
        one = self.chosen
        if one is None:
            return
        id = one.id
        self.withdraw(_("Withdraw the entry?"), lambda desk, now, reason: withdraw_reward(desk, now, id, reason))


def yuan(fen_: int) -> str:
    """``200.00``."""
    return f"{fen_ // 100}.{fen_ % 100:02d}"


def state_text(one: RewardRow) -> str:
    """Given, published or withdrawn, with its day."""
    if one.withdrawn_t:
        return _("withdrawn {day}").format(day=f"{local(one.withdrawn_t):%m-%d}")
    if one.published_t:
        return _("published {day}").format(day=f"{local(one.published_t):%m-%d}")
    return _("given {day}").format(day=f"{local(one.given_t):%m-%d}")
