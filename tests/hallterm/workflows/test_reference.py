"""Staff, windows and matters are edited by those who may, and every change is a fact."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hallterm.catalogue import CatalogueError
from hallterm.workflows import reference
from hallterm.workflows.desk import Refused
from hallterm.workflows.reference import (
    StaffDraft,
    add_matter,
    add_staff,
    add_window,
    change_matter,
    change_staff,
    change_window,
    hall_roles,
    import_matters,
)
from hallterm.workflows.setup import WindowSpec
from hallterm.workflows.sign_on import sign_on
from hallterm.workflows.ticketing import issue
from storage import views
from storage.facts import Role
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD, Stores, at, founded

NOW = at("08:10")
DRAFT = StaffDraft("0317", "张晓梅", (Role.CLERK,), password="first password")


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with founded(tmp_path) as made:
        yield made


@contextmanager
def refused(words: str) -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert words in caught.value.reason.text()


def test_a_new_person_has_roles_and_a_password_to_change(stores: Stores) -> None:
    desk = stores.desk(staff=ADMIN)
    add_staff(desk, stores.vault, DRAFT, NOW)
    assert hall_roles(stores.journal.database, HALL, "0317") == (Role.CLERK,)
    assert stores.vault.must_change("0317")
    with refused("belongs"):
        add_staff(desk, stores.vault, DRAFT, NOW)
    for bad in (StaffDraft("0318", "", (Role.CLERK,), password="x" * 8), StaffDraft("0318", "李", (), password="x" * 8),
                StaffDraft("0318", "李", (Role.CLERK,), password="x"), StaffDraft("0 3", "李", (Role.CLERK,))):  # fmt: skip
        with pytest.raises(Refused):
            add_staff(desk, stores.vault, bad, NOW)
    assert not stores.vault.has_credential("0318")


def test_only_what_differs_is_recorded(stores: Stores) -> None:
    desk = stores.desk(staff=ADMIN)
    add_staff(desk, stores.vault, DRAFT, NOW)
    before = len(stores.kinds())
    change_staff(desk, StaffDraft("0317", "张晓梅", (Role.CLERK,)), NOW)
    assert len(stores.kinds()) == before
    change_staff(desk, StaffDraft("0317", "张小梅", (Role.GUIDE,)), NOW)
    assert stores.kinds()[before:] == ["staff.set", "grant.ended", "grant.set"]
    assert hall_roles(stores.journal.database, HALL, "0317") == (Role.GUIDE,)


def test_the_hall_keeps_an_administrator(stores: Stores) -> None:
    desk = stores.desk(staff=ADMIN)
    for draft in (StaffDraft(ADMIN, "王", (Role.CLERK,)), StaffDraft(ADMIN, "王", (Role.ADMIN,), active=False)):
        with refused("only administrator"):
            change_staff(desk, draft, NOW)
    add_staff(desk, stores.vault, StaffDraft("0002", "李", (Role.ADMIN,), password="x" * 8), NOW)
    change_staff(desk, StaffDraft(ADMIN, "王", (Role.CLERK,)), NOW)
    with refused("roles do not allow"):
        change_staff(desk, StaffDraft("0002", "李", (Role.CLERK,)), NOW)


def test_who_is_at_a_window_is_not_removed(stores: Stores) -> None:
    desk = stores.desk(staff=ADMIN)
    add_staff(desk, stores.vault, DRAFT, NOW)
    sign_on(stores.desk(1), stores.vault, "0317", "first password", NOW)
    with refused("window 1 is open under 0317"):
        change_staff(desk, StaffDraft("0317", "张", (Role.CLERK,), active=False), NOW)
    with refused("window 1 is open under 0317"):
        change_window(desk, WindowSpec(1), NOW, active=False)


def test_a_clerk_edits_nothing(stores: Stores) -> None:
    add_staff(stores.desk(staff=ADMIN), stores.vault, DRAFT, NOW)
    clerk = stores.desk(staff="0317")
    before = len(stores.kinds())
    with refused("roles"):
        add_staff(clerk, stores.vault, StaffDraft("0400", "x", (Role.ADMIN,), password="x" * 8), NOW)
    with refused("roles"):
        add_window(clerk, WindowSpec(9), NOW)
    with refused("roles"):
        change_window(clerk, WindowSpec(1), NOW)
    with refused("roles"):
        change_matter(clerk, "B07", NOW, limit_min=240)
    with refused("roles"):
        add_matter(clerk, "B50", "自有", "5", NOW)
    with refused("roles"):
        import_matters(clerk, "code,name_zh,limit_min\nB07,领用,240\n".encode(), "t.csv", NOW)
    assert len(stores.kinds()) == before
    assert not stores.vault.has_credential("0400")


def test_a_window_is_added_changed_taken_away_and_brought_back(stores: Stores) -> None:
    desk = stores.desk(staff=ADMIN)
    add_window(desk, WindowSpec(12, ("H",)), NOW)
    with refused("there already"):
        add_window(desk, WindowSpec(12, ("H",)), NOW)
    change_window(desk, WindowSpec(12, ("H",), ("G",)), NOW)
    row = views.window(stores.journal.database, f"{HALL}-12")
    assert row is not None
    assert (row.primary, row.secondary, row.name) == ("H", "G", "Window 12")
    change_window(desk, WindowSpec(12, ("H",)), NOW, active=False)
    assert f"{HALL}-12" not in [one.code for one in views.windows(stores.journal.database, HALL)]
    add_window(desk, WindowSpec(12, ("H",)), NOW)
    with refused("no group"):
        change_window(desk, WindowSpec(12, ()), NOW)
    with refused("no window"):
        change_window(desk, WindowSpec(77), NOW)


def test_a_changed_limit_is_a_new_version(stores: Stores) -> None:
    desk = stores.desk(staff=ADMIN)
    before = views.matter(stores.journal.database, HALL, "B07")
    change_matter(desk, "B07", NOW, limit_min=11)
    after = views.matter(stores.journal.database, HALL, "B07")
    assert before is not None
    assert after is not None
    assert (after.number, after.limit_min, after.name_zh) == (before.number + 1, 11, before.name_zh)
    for limit_min in (0, 241, -1):
        with refused("limit_min"):
            change_matter(desk, "B07", NOW, limit_min=limit_min)
    with refused("no matter"):
        change_matter(desk, "Z99", NOW, limit_min=5)


def test_a_hidden_matter_is_not_offered_and_comes_back(stores: Stores) -> None:
    desk = stores.desk(staff=ADMIN)
    change_matter(desk, "B07", NOW, hidden=True)
    with pytest.raises(Refused):
        issue(stores.desk(), at("09:00"), "B", service_code="B07")
    change_matter(desk, "B07", NOW, hidden=False)
    assert issue(stores.desk(), at("09:00"), "B", service_code="B07").number


def test_own_matters_begin_at_50(stores: Stores) -> None:
    desk = stores.desk(staff=ADMIN)
    add_matter(desk, "b50", "本厅{自有}[red]", "5", NOW)
    found = views.matter(stores.journal.database, HALL, "B50")
    assert found is not None
    assert (found.name_zh, found.ticket_prefix, found.number) == ("本厅{自有}[red]", "B", 1)
    with refused("there already"):
        add_matter(desk, "B50", "再来", "5", NOW)
    for code, name, limit in (("B49", "x", "5"), ("I50", "x", "5"), ("B51", "", "5"), ("B51", "x", "five")):
        with pytest.raises(Refused):
            add_matter(desk, code, name, limit, NOW)
    with refused("{0}"):
        add_matter(desk, "B51", "x", "{0}", NOW)


def test_an_imported_table_changes_what_differs_and_leaves_the_rest(stores: Stores) -> None:
    desk = stores.desk(staff=ADMIN)
    before = views.matter(stores.journal.database, HALL, "B07")
    assert before is not None
    table = f"code,name_zh,limit_min,hidden\nB07,{before.name_zh},12,0\nB60,自有事项,7,0\n"
    words = import_matters(desk, table.encode("gb18030"), "table.csv", NOW).words.text()
    assert words.startswith("2 ")
    assert len(views.matters(stores.journal.database, HALL)) == 74
    assert import_matters(desk, table.encode(), "table.csv", NOW).words.text().startswith("0 ")


def test_a_faulty_table_is_told_line_by_line_and_changes_nothing(stores: Stores) -> None:
    desk = stores.desk(staff=ADMIN)
    before = len(stores.kinds())
    with pytest.raises(CatalogueError) as caught:
        import_matters(desk, b"code,name_zh,limit_min\nB07,x,0\nZZ,y,5\n", "table.csv", NOW)
    assert [problem.line for problem in caught.value.problems] == [2, 3]
    assert len(stores.kinds()) == before


def test_the_shipped_table_itself_changes_nothing(stores: Stores) -> None:
    from hallterm.catalogue import shipped_catalogue

    words = reference.put_matters(stores.desk(staff=ADMIN), shipped_catalogue(), NOW).words.text()
    assert words.startswith("0 ")


def test_the_administrator_signs_on_as_before(stores: Stores) -> None:
    assert sign_on(stores.desk(1), stores.vault, ADMIN, PASSWORD, NOW).roles == (Role.ADMIN, Role.HALL_DIRECTOR)
