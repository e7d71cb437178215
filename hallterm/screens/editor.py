"""The editor of a hall's own data: staff, windows, matters, settings. A list, and below it the fields of one row."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import ScreenResume
from textual.message import Message

from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.rules.numbers import window_number
from hallterm.screens.editor_form import FORM_ROWS, LastChange, RowForm
from hallterm.screens.editor_list import RowList
from hallterm.screens.editor_page import Item, Page
from hallterm.screens.editor_pages import PAGES
from hallterm.screens.sign_on_base import AskingScreen
from hallterm.widgets.field import Field
from hallterm.widgets.frame import ATTENTION, NOT_DONE, PAGES_COLUMN
from hallterm.widgets.health import health_row
from hallterm.widgets.lines import Lines
from hallterm.widgets.writing import reason_text
from hallterm.workflows.desk import Done
from hallterm.workflows.reference import ReferenceView, reference_view
from hallterm.workflows.setting_changes import SettingDone

AROUND_LIST = 6 + 1 + 1 + FORM_ROWS
"""Rows of the frame, of the header, of the help and of the form."""
NO_OTHERS = N_("these rows are always the same: F6 changes the value of one")


class EditorScreen(AskingScreen):
    """Digits switch the page; arrows choose a row; Ins new, F6 change, F8 save, F9 twice out of use, F9 back in use."""

    DEFAULT_CSS = f"""
    EditorScreen .line {{ height: 1; }} EditorScreen #list {{ height: 1fr; }}
    EditorScreen #foot, EditorScreen #about {{ height: {FORM_ROWS}; }}
    """

    class Left(Message):
        """Back to where the person came from."""

    class MenuWanted(Message):
        """The menu of the person."""

    def __init__(self) -> None:
        super().__init__(id="editor")
        self.view: ReferenceView | None = None
        self.page: Page = PAGES[0]
        self.list = RowList()
        self.form = RowForm(self)
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
        self.ask_store(reference_view, self.show_lists, writes=False)

    def show_lists(self, view: ReferenceView) -> None:
        """The lists as they are now."""
        self.view = view
        mine = self._pages()
        if mine and self.page not in mine:
            self.page = mine[0]
        self.repaint()

    def _pages(self) -> list[Page]:
        allowed = self.view.allowed if self.view else frozenset()
        return [page for page in PAGES if self.view and (page.everybody or page.action in allowed)]

    @property
    def items(self) -> list[Item]:
        """Rows of the page that is on."""
        return list(self.page.items(self.view)) if self.view and self.page in self._pages() else []

    @property
    def chosen(self) -> Item | None:
        """The row under the cursor."""
        return self.list.chosen(self.items)

    @property
    def list_rows(self) -> int:
        """How many rows of the list are seen at once."""
        return max(1, self.size.height - AROUND_LIST)

    # drawing

    def paint(self) -> None:
        hall = self.view.hall if self.view else ""
        names = "  ".join(
            f"{'>' if page is self.page else ' '}{number} {_(page.title)}"
            for number, page in enumerate(PAGES, 1)
            if page in self._pages()
        )
        self.set_title(_("Hall data"), "", names, hall, PAGES_COLUMN)
        if self.view:
            self.set_health(health_row(self.view.health, self.host.now().t, self.size.width))
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
        return _("Only the administrator or the director may change data of the hall") if self.view else ""

    def _draw_keys(self) -> None:
        chosen, is_open = self.chosen, self.form.item is not None
        none = None if chosen else _("nothing is chosen")
        open_row = _("first save with F8, or Esc") if is_open else None
        save = None if is_open else _("nothing is being changed")
        refused = reason_text(self, chosen.refused) if chosen is not None and chosen.refused is not None else None
        always = _(NO_OTHERS) if self.page.toggle is None else None
        remove = _("Hide") if chosen is None or chosen.active else _("Bring")
        self.set_keys(
            [
                self.slot(Slot.F6, _("Edit"), none or open_row or refused),
                self.slot(Slot.F8, _("Save"), save),
                self.slot(Slot.F9, remove, none or open_row or always),
                self.slot(Slot.INSERT, _("New"), open_row or always if self._pages() else none),
                self.slot(Slot.CTRL_P, _("Menu")),
            ]
        )
        where = self.list.where(len(self.items), self.list_rows)
        keys = _("digits change the page, arrows the row, Esc leaves")
        self.set_reasons(_("Enter next field, F8 saves, Esc leaves it as it was") if is_open else f"{where}   {keys}")

    # keys

    def digit(self, digit: int) -> None:
        mine = self._pages()
        if 1 <= digit <= len(PAGES) and PAGES[digit - 1] in mine and self.form.item is None:
            self.page = PAGES[digit - 1]
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
        if self.page.toggle is None:
            self.say(_(NO_OTHERS), NOT_DONE)
        elif self.form.item is None and self._pages():
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
        page, texts, is_new, vault = self.page, self.form.texts(), self.form.is_new, self.page_store.vault
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
