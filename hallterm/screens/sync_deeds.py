"""What the keys of the page of the nodes do: the next problem, codes, revoking, sending, sticks; and why one does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.keys import key_name
from hallterm.locale import _
from hallterm.node_words import name_of
from hallterm.rules.node_health import Trouble
from hallterm.rules.words import Reason
from hallterm.screens import sync_stick
from hallterm.screens.menu import CardLine, card_rows
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key
from hallterm.sticks import Stick, sticks
from hallterm.widgets.frame import ATTENTION, NOT_DONE
from hallterm.widgets.lines import Row
from hallterm.widgets.writing import reason_text
from hallterm.workflows.sync_doing import make_code, put_off, revoke, send_now
from hallterm.workflows.sync_look import NodeLine, Place

if TYPE_CHECKING:
    from hallterm.screens.sync_page import SyncScreen


class Deeds:
    """The bar of the page; ``reason`` is what was written for the chosen node, ``percent`` how far a stick is."""

    def __init__(self, page: SyncScreen) -> None:
        self._page = page
        self.reason = ""
        self.percent: int | None = None

    def bar(self) -> list[Key]:
        """The slots with what they do, and why not."""
        if self._page.look is None:
            return []
        none, chosen = _("no PC is enrolled"), self._page.chosen
        is_list = self._page.choice is None and self._page.detail is None
        in_list = "" if is_list and not self._page.shows_twice else _("first Esc")
        here = self._page.look.is_centre
        no_stick = "" if self.percent is None else _("a stick is being used")
        may_give = "" if self._page.look.halls else _("codes are given by the administrator or a technician")
        return [
            Key(Slot.F4, _("Scope"), self._choose_scope, in_list or ("" if here else _("one hall is here"))),
            Key(Slot.F5, _("Next"), self._next_problem, in_list or ("" if self._problems() else _("nothing is wrong"))),
            Key(Slot.F6, _("Now"), self._send, self._cannot_send()),
            Key(Slot.F7, _("Sort"), self._page.sort, "" if is_list else _("first Esc")),
            Key(Slot.F8, _("Get") if here else _("USB"), self._choose_stick, in_list or no_stick),
            Key(Slot.F9, _("Ban"), self._ask_revoke, in_list or self._cannot_revoke()),
            Key(Slot.INSERT, _("Add"), self._choose_hall, in_list or (may_give if here else _("only at the centre"))),
            Key(Slot.CTRL_Y, _("Heir"), self._make_replacing, in_list or self._cannot_replace()),
            Key(Slot.CTRL_O, _("Push"), self._put_off, in_list or self._cannot_put_off()),
            Key(Slot.CTRL_R, _("Why"), self._write_reason, in_list or ("" if here and chosen else none)),
        ]

    def card(self, height: int) -> list[Row]:
        """Every key of the page with what it does, or why not now."""
        names = self._page.host.key_map
        lines = [CardLine(key_name(names.slot_key(key.slot)), key.label, "", key.refused) for key in self.bar()]
        return card_rows(lines, names, height, self._page.size.width)

    def _cannot_send(self) -> str:
        if self._page.look is None or self._page.look.is_centre:
            return _("PCs come by themselves")
        return "" if self._page.look.enrolled else _("this PC has no centre")

    def _cannot_revoke(self) -> str:
        chosen = self._page.chosen
        if self._page.look is None or not self._page.look.is_centre or chosen is None:
            return _("only at the centre")
        if chosen.revoked_t:
            return _("it is revoked already")
        if not chosen.managed:
            return _("your roles do not allow it there")
        return "" if self.reason else _("first write why with {key}").format(key=self._page.key_name(Slot.CTRL_R))

    def _cannot_replace(self) -> str:
        chosen = self._page.chosen
        if self._page.look is None or not self._page.look.is_centre or chosen is None:
            return _("only at the centre")
        return "" if chosen.managed else _("your roles do not allow it there")

    def _cannot_put_off(self) -> str:
        chosen = self._page.chosen
        if self._page.look is None or not self._page.look.is_centre or chosen is None:
            return _("only at the centre")
        return "" if chosen.trouble < Trouble.NONE else _("nothing is wrong there")

    # what is done

    def _problems(self) -> list[NodeLine]:
        return [one for one in self._page.lines if one.trouble < Trouble.NONE and not one.put_off]

    def _next_problem(self) -> None:
        lines, chosen = self._page.lines, self._page.chosen
        at = lines.index(chosen) if chosen is not None else -1
        after = [*lines[at + 1 :], *lines[: at + 1]] if self._page.chosen_node else lines
        self._page.choose(next(one for one in after if one.trouble < Trouble.NONE and not one.put_off))

    def _send(self) -> None:
        self._page.ask_store(send_now, self._told)

    def _told(self, reason: Reason) -> None:
        self._page.say(reason_text(self._page, reason))
        self._page.read()

    def _choose_scope(self) -> None:
        places = self._page.look.places if self._page.look else ()
        everywhere = Option(_("all of them"), lambda: self._page.narrow(""))
        self._page.choice = Choice(
            _("Show the PCs of"), [self._option(one, self._page.narrow) for one in places], everywhere
        )

    @staticmethod
    def _option(place: Place, take: Callable[[str], None]) -> Option:
        return Option(f"{place.code}  {place.name}", lambda: take(place.code))

    def _choose_hall(self) -> None:
        halls = self._page.look.halls if self._page.look else ()
        label, hint = _("Place code"), _("its code, such as 360600001")
        other = Option(_("another place, typed"), lambda: self._page.ask_text(label, hint, 12, self._make_code))
        self._page.choice = Choice(
            _("A code for one PC of"), [self._option(one, self._make_code) for one in halls], other
        )

    def _make_code(self, place: str) -> None:
        names = {one.code: one.name for one in self._page.look.halls} if self._page.look else {}

        def shown(code: str) -> None:
            text = _("{code}  {place}  good once, within 7 days; shown now and never again")
            self._page.say(text.format(code=code, place=names.get(place, place)), ATTENTION)

        self._page.ask_store(lambda desk, now: make_code(desk, place, now), shown)

    def _make_replacing(self) -> None:
        """A code for the new PC that goes on under the name of the chosen one: its key is lost, or it is another machine."""
        chosen = self._page.chosen
        if chosen is None:
            return
        name, scope, node = name_of(chosen), chosen.scope, chosen.node

        def shown(code: str) -> None:
            text = _("{code}  for a new PC in place of {name}; good once, within 7 days; shown now and never again")
            self._page.say(text.format(code=code, name=name), ATTENTION)

        self._page.ask_store(lambda desk, now: make_code(desk, scope, now, node), shown)

    def _put_off(self) -> None:
        chosen = self._page.chosen
        if chosen is not None:
            self._page.choose(chosen)
            node = chosen.node
            self._page.ask_store(lambda desk, now: put_off(desk, node, now), self._told)

    def _write_reason(self) -> None:
        chosen = self._page.chosen
        if chosen is not None:
            self._page.choose(chosen)
            label = _("Why {name} is revoked").format(name=name_of(chosen))
            self._page.ask_text(label, "", 36, self._reason_given)

    def _reason_given(self, text: str) -> None:
        self.reason = text
        self._page.say(_("Reason: {text}").format(text=text))

    def _ask_revoke(self) -> None:
        chosen, reason = self._page.chosen, self.reason
        if chosen is None:
            return
        node, action = chosen.node, self._page.slot_action(Slot.F9)
        text = _("Revoke {name}? Taken up to line {have}, then nothing more. {key} again within 3 seconds")
        question = text.format(name=name_of(chosen), have=chosen.have, key=self._page.key_of(action))

        def done(words: Reason) -> None:
            self.reason = ""
            self._told(words)

        def stop() -> None:
            self._page.ask_store(lambda desk, now: revoke(desk, node, reason, now), done)

        self._page.ask(action, question, stop)

    # sticks

    def _choose_stick(self) -> None:
        title = (
            _("Take in bundles from")
            if self._page.look and self._page.look.is_centre
            else _("Write the sealed bundle to")
        )
        label, hint = _("Folder"), _("where the stick is mounted")
        other = Option(_("another folder, typed"), lambda: self._page.ask_text(label, hint, 40, self._typed_folder))
        options = [Option(_stick_text(one), self._carrying(one.path)) for one in sticks()]
        if self._page.look and self._page.look.is_centre and self._page.look.halls:
            options.append(Option(_("no stick: back up this centre and verify the copy"), self._back_up))
        self._page.choice = Choice(title, options, other)

    def _back_up(self) -> None:
        """Only a verified copy lets the PCs drop their lines."""
        self._page.run_worker(self._backed_up(), group="stick", exit_on_error=True)

    async def _backed_up(self) -> None:
        told = await self._with_percent(sync_stick.BACKUP, self._page.settings.data.path, _("Backing up: {percent} %"))
        self._page.say(
            told.sentences[-1] if told.sentences else _("No backup was made"), NOT_DONE if told.code else " "
        )
        self._page.read()

    def _carrying(self, folder: Path) -> Callable[[], None]:
        return lambda: self._carry(folder)

    def _typed_folder(self, text: str) -> None:
        self._carry(Path(text))

    def _carry(self, folder: Path) -> None:
        self._page.run_worker(self._carried(folder), group="stick", exit_on_error=True)

    async def _carried(self, folder: Path) -> None:
        """Row 22 counts in steps of five per cent; pulling the stick out is told, and does no harm."""
        way = sync_stick.IMPORT if self._page.look is not None and self._page.look.is_centre else sync_stick.EXPORT
        words = _("Reading the stick: {percent} %") if self._reads else _("Writing the stick: {percent} %")
        told = await self._with_percent(way, folder, words)
        sentence = told.sentences[-1] if told.sentences else _("The stick could not be used: do it again")
        if way == sync_stick.IMPORT and not told.code:
            sentence = _("{count} bundles are taken in, receipts are written: carry the stick back")
            sentence = sentence.format(count=len(told.sentences))
        sentence = sentence.replace(str(folder), folder.name or str(folder))  # a long path would leave no room
        self._page.say(sentence, NOT_DONE if told.code else " ")
        self._page.read()

    async def _with_percent(self, way: str, folder: Path, words: str) -> sync_stick.Told:
        """Do it in a process of its own; row 22 says how far it is."""

        def progress(percent: int) -> None:
            self.percent = percent
            self._page.say(words.format(percent=percent))

        progress(0)
        try:
            return await sync_stick.run(self._page.settings, way, folder, progress)
        finally:
            self.percent = None

    @property
    def _reads(self) -> bool:
        return self._page.look is not None and self._page.look.is_centre


def _stick_text(stick: Stick) -> str:
    return _("{name}   {free} MB free").format(name=stick.name, free=stick.free // 1_000_000)
