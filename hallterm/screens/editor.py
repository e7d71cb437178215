"""The editor of a hall's own data: staff, windows, matters, settings. A list, and below it the fields of one row."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import ScreenResume
from textual.message import Message

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.numbers import window_number
from hallterm.screens.editor_bar import NO_OTHERS, slots_of
from hallterm.screens.editor_form import FORM_ROWS, LastChange, RowForm
from hallterm.screens.editor_list import RowList
from hallterm.screens.editor_page import Item, Lists, Page
from hallterm.screens.editor_pages import PAGES
from hallterm.screens.sign_on_base import AskingScreen
from hallterm.widgets.bars import SlotView
from hallterm.widgets.field import Field
from hallterm.widgets.frame import ATTENTION, NOT_DONE, PAGES_COLUMN
from hallterm.widgets.health import health_row
from hallterm.widgets.lines import Lines, Row
from hallterm.widgets.remote import is_remote
from hallterm.widgets.writing import reason_text
from hallterm.workflows.desk import Desk, Done
from hallterm.workflows.reference import reference_view
from hallterm.workflows.setting_changes import SettingDone
from storage.facts import Moment

AROUND_LIST = 6 + 1 + 1
"""Rows of the frame, of the header and of the help; the form takes some more."""
FEW = 4
"""So many pages stand apart in row 1, with the hall behind them; more stand closer together."""


class EditorScreen(AskingScreen):
    """Digits switch the page; arrows choose a row; Ins new, F6 change, F8 save, F9 twice out of use, F9 back in use."""

    DEFAULT_CSS = f"""
    EditorScreen .line {{ height: 1; }} EditorScreen #list {{ height: 1fr; }}
    EditorScreen #foot, EditorScreen #about {{ height: {FORM_ROWS}; }}
    """

    table: ClassVar[tuple[Page, ...]] = PAGES
    form_rows: ClassVar[int] = FORM_ROWS

    class Left(Message):
        """Back to where the person came from."""

    class MenuWanted(Message):
        """The menu of the person."""

    def __init__(self) -> None:
        super().__init__(id="editor")
        self.view: Lists | None = None
        self.page: Page = self.table[0]
        self.list = RowList()
        self.form = RowForm(self, self.form_rows)
        self.last_change = LastChange(self)

    def compose_body(self) -> ComposeResult:
        yield Lines(id="list")
        yield Lines(id="help", classes="line")
        with Vertical(id="foot"):
            for field in self.form.fields:
                with Horizontal(classes="line"):
                    yield field
        yield Lines(id="about")

    def on_screen_resume(self, event: ScreenResume) -> None:
        super().on_screen_resume(event)
        self.form.close()
        self.read()

    def read(self) -> None:
        """Read the lists again."""
        self.ask_store(self.lists, self.show_lists, writes=False)

    def lists(self, desk: Desk, now: Moment) -> Lists:
        """What is listed, read on the storage thread."""
        return reference_view(desk, now)

    def heading(self) -> str:
        """The name of the editor in row 1."""
        return _("Hall data")

    def health(self, view: Lists) -> str | Row:
        """Row 2."""
        return health_row(view.health, self.host.now().t, self.size.width)

    def place(self) -> str:
        """The place whose data is changed; empty: the hall of this PC."""
        return ""

    def show_lists(self, view: Lists) -> None:
        """The lists as they are now."""
        self.view = view
        mine = self.pages()
        if mine and self.page not in mine:
            self.page = mine[0]
        self.repaint()

    def pages(self) -> list[Page]:
        """The pages that the person sees."""
        allowed = self.view.allowed if self.view else frozenset()
        return [page for page in self.table if self.view and (page.everybody or page.action in allowed)]

    @property
    def items(self) -> list[Item]:
        """Rows of the page that is on."""
        return list(self.page.items(self.view)) if self.view and self.page in self.pages() else []

    @property
    def chosen(self) -> Item | None:
        """The row under the cursor."""
        return self.list.chosen(self.items)

    @property
    def list_rows(self) -> int:
        """How many rows of the list are seen at once."""
        return max(1, self.size.height - AROUND_LIST - self.form_rows)

    # drawing

    def paint(self) -> None:
        hall = self.view.hall if self.view and len(self.table) <= FEW else ""
        space = " " if len(self.table) <= FEW else ""
        names = (" " + space).join(
            f"{'>' if page is self.page else ' '}{number}{space}{_(page.title)}"
            for number, page in enumerate(self.table, 1)
            if page in self.pages()
        )
        self.set_title(self.heading(), "", names, hall, PAGES_COLUMN)
        if self.view:
            self.set_health(self.health(self.view))
        self._draw_list()
        editing = self.form.item
        self.query_one("#help", Lines).show((f" {editing.takes or self.page.help()}" if editing else "",))
        self.form.relabel(self.page)
        self._draw_keys()

    def _draw_list(self) -> None:
        items = self.items
        rows = self.list.rows(self.page, items, self.list_rows, self.size.width) if items else [" " + self._empty()]
        chosen = self.list.chosen(items)
        self.query_one("#list", Lines).show(rows)
        self.query_one("#about", Lines).show([f" {text}" for text in chosen.about] if chosen else [])

    def _empty(self) -> str:
        if self.page in self.pages():
            return _("Nothing is here yet")
        return _("Only the administrator or the director may change data of the hall") if self.view else ""

    def _draw_keys(self) -> None:
        self.set_keys([*slots_of(self), *self.more_slots()])
        where = self.list.where(len(self.items), self.list_rows)
        keys = _("digits change the page, arrows the row, Esc leaves")
        is_open = self.form.item is not None
        self.set_reasons(_("Enter next field, F8 saves, Esc leaves it as it was") if is_open else f"{where}   {keys}")

    def more_slots(self) -> list[SlotView]:
        """Slots of an editor of another kind."""
        return []

    # keys

    def digit(self, digit: int) -> None:
        mine = self.pages()
        if 1 <= digit <= len(self.table) and self.table[digit - 1] in mine and self.form.item is None:
            self.page = self.table[digit - 1]
            self.list.begin()
            self.say("")
            self.repaint()

    def arrow(self, key: str) -> None:
        if self.form.item is not None:
            self.form.move(-1 if key == "up" else 1)
            return
        self.list.move(key, len(self.items), self.list_rows)
        self._draw_list()
        self._draw_keys()

    def enter(self) -> None:
        self._edit()

    def act(self, action: str) -> None:
        key = self.slot_action
        doing = {
            key(Slot.F6): self._edit,
            key(Slot.F8): self._save,
            key(Slot.F9): self._toggle,
            key(Slot.INSERT): self._new,
            "back": self._back,
            "undo": lambda: self.last_change.take_back(self._saved),
            "menu": self._menu,
        }
        if action in doing:
            doing[action]()
        else:
            super().act(action)

    def _back(self) -> None:
        if self.form.item is None:
            self.post_message(self.Left())
        else:
            self.form.close()
            self.say("")
            self.repaint()

    def _menu(self) -> None:
        """What is half typed is not lost by mistake."""
        if self.form.item is None:
            self.post_message(self.MenuWanted())
        else:
            self.say(_("First save with F8, or leave the row with Esc"), ATTENTION)

    # the form

    def _new(self) -> None:
        if self.page.toggle is None and not self.page.grows:
            self.say(_(NO_OTHERS), NOT_DONE)
        elif self.form.item is None and self.pages():
            self._open_form(Item("", (), True, {}), is_new=True)

    def _edit(self) -> None:
        chosen = self.chosen
        if self.form.item is not None or chosen is None:
            return
        if chosen.refused is not None:
            self.say(reason_text(self, chosen.refused), NOT_DONE)
        else:
            self._open_form(chosen, is_new=False)

    def _open_form(self, item: Item, *, is_new: bool) -> None:
        self.form.open(self.page, item, is_new=is_new)
        self.say("")
        self.repaint()

    def field_entered(self, field: Field) -> None:
        self.form.move(1)

    def field_changed(self, field: Field) -> None:
        self.form.changed(field)

    # work

    def _save(self) -> None:
        if self.form.item is None:
            self.say(_("Nothing is being changed: F6 changes the row, Ins makes a new one"), ATTENTION)
            return
        if is_remote():
            action = self.slot_action(Slot.F8)
            self.ask(action, _("Save it? {key} again within 3 seconds").format(key=self.key_of(action)), self._do_save)
        else:
            self._do_save()

    def _do_save(self) -> None:
        page, is_new, vault = self.page, self.form.is_new, self.page_store.vault
        texts = {**self.form.texts(), "place": self.place()}
        self.ask_store(lambda desk, now: page.save(desk, vault, now, texts, is_new), self._saved)

    def _toggle(self) -> None:
        item = self.chosen
        if item is None or self.form.item is not None:
            return
        if self.page.toggle is None:
            self.say(_(NO_OTHERS), NOT_DONE)
            return
        if not item.active:
            self._do_toggle(item)
            return
        action = self.slot_action(Slot.F9)
        name = str(window_number(item.key)) if "-" in item.key else item.key
        question = _(self.page.remove).format(key=name, again=self.key_of(action))
        self.ask(action, question, lambda: self._do_toggle(item))

    def _do_toggle(self, item: Item) -> None:
        toggle = self.page.toggle
        if toggle is not None:
            self.ask_store(lambda desk, now: toggle(desk, now, item), self._saved)

    def _saved(self, done: Done | SettingDone) -> None:
        self.form.close()
        self.last_change.said(reason_text(self, done.words), done.undo if isinstance(done, SettingDone) else None)
        self.read()

    def second(self) -> None:
        self.last_change.second()
