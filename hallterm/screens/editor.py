"""The editor of a hall's own data: staff, windows, matters. A list, and below it the fields of one row."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import ScreenResume
from textual.message import Message

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.numbers import window_number
from hallterm.screens.editor_pages import PAGES, Input, Item, Page
from hallterm.screens.sign_on_base import AskingScreen
from hallterm.widgets.cells import fit, width
from hallterm.widgets.field import Field
from hallterm.widgets.frame import ATTENTION, PAGES_COLUMN
from hallterm.widgets.health import health_row
from hallterm.widgets.lines import Ink, Lines, Row
from hallterm.widgets.writing import reason_text
from hallterm.workflows.desk import Done
from hallterm.workflows.reference import ReferenceView, reference_view

FORM_ROWS = 4
LIST_ROWS = 12


class EditorScreen(AskingScreen):
    """Digits switch the page; arrows choose a row; Ins new, F6 change, F8 save, F9 twice out of use, F9 back in use."""

    DEFAULT_CSS = f"""
    EditorScreen .line {{ height: 1; }} EditorScreen #list {{ height: {LIST_ROWS + 1}; }}
    """

    class Left(Message):
        """Back to where the person came from."""

    def __init__(self) -> None:
        super().__init__(id="editor")
        self.view: ReferenceView | None = None
        self.page: Page = PAGES[0]
        self.cursor = 0
        self.top = 0
        self.editing: Item | None = None
        self.is_new = False
        self.inputs = [Field(60, longest=80, id=f"input-{n}") for n in range(FORM_ROWS)]

    def compose_body(self) -> ComposeResult:
        yield Lines(id="list")
        yield Lines(id="help", classes="line")
        for field in self.inputs:
            with Horizontal(classes="line"):
                yield field

    def on_screen_resume(self, event: ScreenResume) -> None:
        super().on_screen_resume(event)
        self._hide_form()
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
        return [page for page in PAGES if page.action in allowed]

    @property
    def items(self) -> list[Item]:
        """Rows of the page that is on."""
        return list(self.page.items(self.view)) if self.view and self.page in self._pages() else []

    @property
    def chosen(self) -> Item | None:
        """The row under the cursor."""
        items = self.items
        return items[min(self.cursor, len(items) - 1)] if items else None

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
        self.query_one("#help", Lines).show((" " + self.page.help() if self.editing else "",))
        for field, asked in zip(self.inputs, self.page.inputs, strict=False):
            field.relabel(self._label(asked))
        self._draw_keys()

    def _draw_list(self) -> None:
        items = self.items
        self.cursor = max(0, min(self.cursor, len(items) - 1))
        self.top = min(max(self.top, self.cursor - LIST_ROWS + 1), self.cursor)
        rows: list[Row] = [self.page.header() if items else " " + self._empty()]
        for place, item in enumerate(items[self.top : self.top + LIST_ROWS], self.top):
            row = self.page.row(item)
            if place == self.cursor:
                rows.append(((f">{row}", Ink.REVERSE),))
            else:
                rows.append(((f" {row}", Ink.PLAIN if item.active else Ink.DIM),))
        self.query_one("#list", Lines).show(rows)

    def _empty(self) -> str:
        return _("Only the administrator or the director may change data of the hall") if self.view else ""

    def _label(self, asked: Input) -> str:
        labels = [width(_(one.label)) for one in self.page.inputs]
        return f"     {fit(_(asked.label), max(labels) + 2)}"

    def _draw_keys(self) -> None:
        none = None if self.items else _("nothing is chosen")
        open_row = None if self.editing is None else _("first save with F8, or Esc")
        save = None if self.editing is not None else _("nothing is being changed")
        chosen = self.chosen
        remove = _("Hide") if chosen is None or chosen.active else _("Bring")
        self.set_keys(
            [
                self.slot(Slot.F6, _("Edit"), none or open_row),
                self.slot(Slot.F8, _("Save"), save),
                self.slot(Slot.F9, remove, none or open_row),
                self.slot(Slot.INSERT, _("New"), open_row if self._pages() else none),
                self.slot(Slot.CTRL_P, _("Menu")),
            ]
        )
        count = len(self.items)
        where = f"{self.top + 1}-{min(self.top + LIST_ROWS, count)}/{count}" if count else "--"
        keys = _("digits change the page, arrows the row, Esc leaves")
        self.set_reasons(
            f"{where}   {keys}" if self.editing is None else _("Enter next field, F8 saves, Esc leaves it as it was")
        )

    # keys

    def digit(self, digit: int) -> None:
        mine = self._pages()
        if 1 <= digit <= len(PAGES) and PAGES[digit - 1] in mine and self.editing is None:
            self.page, self.cursor, self.top = PAGES[digit - 1], 0, 0
            self.say("")
            self.repaint()

    def arrow(self, key: str) -> None:
        if self.editing is not None:
            self._next_field(-1 if key == "up" else 1)
            return
        by = {"up": -1, "down": 1, "pageup": -LIST_ROWS, "pagedown": LIST_ROWS}.get(key, 0)
        last = len(self.items) - 1
        self.cursor = {"home": 0, "end": last}.get(key, max(0, min(last, self.cursor + by)))
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
            "menu": self._menu,
        }
        if action in doing:
            doing[action]()
        else:
            super().act(action)

    def _back(self) -> None:
        if self.editing is None:
            self.post_message(self.Left())
        else:
            self._hide_form()
            self.say("")
            self.repaint()

    def _menu(self) -> None:
        """The menu is where the person came from; what is half typed is not lost by mistake."""
        if self.editing is None:
            self.post_message(self.Left())
        else:
            self.say(_("First save with F8, or leave the row with Esc"), ATTENTION)

    # the form

    def _new(self) -> None:
        if self.editing is None and self._pages():
            self._open_form(Item("", (), True, {}), is_new=True)

    def _edit(self) -> None:
        if self.editing is None and self.chosen is not None:
            self._open_form(self.chosen, is_new=False)

    def _open_form(self, item: Item, *, is_new: bool) -> None:
        self.editing, self.is_new = item, is_new
        for field, asked in zip(self.inputs, self.page.inputs, strict=False):
            field.cells = asked.cells
            field.secret = asked.secret
            field.value = item.texts.get(asked.name, "")
            field.display = True
        self.say("")
        self.repaint()
        self.open_field(self.inputs[0 if is_new or not self.page.inputs[0].fixed else 1])

    def _hide_form(self) -> None:
        self.editing = None
        self.close_field()
        for field in self.inputs:
            field.value = ""
            field.display = False

    def field_entered(self, field: Field) -> None:
        self._next_field(1)

    def _next_field(self, by: int) -> None:
        shown = self.inputs[: len(self.page.inputs)]
        first = 1 if self.page.inputs[0].fixed and not self.is_new else 0
        if self.field in shown:
            place = shown.index(self.field) + by
            self.open_field(shown[max(first, min(place, len(shown) - 1))])

    # work

    def _save(self) -> None:
        if self.editing is None:
            self.say(_("Nothing is being changed: F6 changes the row, Ins makes a new one"), ATTENTION)
            return
        texts = {asked.name: field.value for field, asked in zip(self.inputs, self.page.inputs, strict=False)}
        page, is_new, vault = self.page, self.is_new, self.page_store.vault
        self.ask_store(lambda desk, now: page.save(desk, vault, now, texts, is_new), self._saved)

    def _toggle(self) -> None:
        item = self.chosen
        if item is None or self.editing is not None:
            return
        if not item.active:
            self._do_toggle(item)
            return
        action = self.slot_action(Slot.F9)
        name = str(window_number(item.key)) if "-" in item.key else item.key
        question = _(self.page.remove).format(key=name, again=self.key_of(action))
        self.ask(action, question, lambda: self._do_toggle(item))

    def _do_toggle(self, item: Item) -> None:
        page = self.page
        self.ask_store(lambda desk, now: page.toggle(desk, now, item), self._saved)

    def _saved(self, done: Done) -> None:
        self._hide_form()
        self.say(reason_text(self, done.words))
        self.read()
