"""Page 2 and one's own leave and attendance, on real files: keys, sentences, and what is recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hallterm.rules.leave import Span
from hallterm.screens.attendance import AttendanceScreen
from hallterm.screens.my_attendance import MyAttendanceScreen
from hallterm.screens.my_leave import MyLeaveScreen
from hallterm.screens.panes import PaneScreen
from hallterm.workflows.attendance import CorrectionDraft, correct_attendance
from hallterm.workflows.leave import LeaveDraft, ask_leave
from hallterm.workflows.substitution import set_post
from storage.facts import DaySlot, Half, LeaveState, LeaveType, PunchKind
from storage.views import attendance as rows
from tests.hallterm.screens.pages import SIZE, House, check_golden, shown, type_in, until
from tests.hallterm.workflows.crew import DAY, DIRECTOR, LEADER, crew, planned, punched
from tests.hallterm.workflows.founded import HALL, Stores, at
from tests.hallterm.workflows.shift import FANG, MEI, WEI, make_hall

AM, PM = Half.AM, Half.PM
MON, WED, THU, FRI = "2026-11-23", "2026-11-25", "2026-11-26", "2026-11-27"
WIDE = (120, 40)


@pytest.fixture
def stores(hall_folder: Path, tmp_path: Path) -> object:
    raise NotImplementedError
