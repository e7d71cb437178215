"""The first page of a centre that nobody can sign on at yet: its place and its first administrator."""

from __future__ import annotations

from hallterm.screens.setup import SetupScreen
from hallterm.screens.setup_form import Purpose


class CentreSetupScreen(SetupScreen):
    """The first page with its purpose settled."""

    fixed = True

    def __init__(self) -> None:
        super().__init__()
        self.purpose = Purpose.CENTRE
