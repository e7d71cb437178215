"""A refused link names the role and the place whose grant would open it, in one sentence, wherever it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.granting import ROLES, WORDS, refused_link, told
from hallterm.locale import use
from hallterm.workflows.desk import Refused
from hallterm.workflows.rights import refuse_unless_allowed, refuse_unless_allowed_at
from storage import facts as f
from storage.access import TABLE, Action, Grant, grants_that_allow, may
from storage.facts import Role
from tests.hallterm.workflows.founded import ADMIN, HALL, Stores, at, founded

CITY = "360600"


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with founded(tmp_path) as made:
        with made.journal.write(ADMIN, at("08:01")) as tx:
            tx.record(f.HallSet(CITY, "鹰潭市"))
            tx.record(f.StaffSet("0317", "张晓梅", HALL))
            tx.record(f.GrantSet("0317", Role.CLERK, HALL))
        yield made
    use("en")


def test_every_action_and_role_has_words() -> None:
    assert set(WORDS) == set(Action)
    assert set(ROLES) == set(Role) - {Role.KIOSK, Role.STATION}


def test_the_sentence_names_role_and_place(stores: Stores) -> None:
    db = stores.journal.database
    use("zh_CN")
    assert refused_link(db, Action.SEE_SCORES, CITY).text() == (
        "考核要「局领导」或「征管科」或「管理员」在鹰潭市的授权,请管理员授予"
    )
    use("en")
    assert refused_link(db, Action.DISPATCH, HALL).text() == (
        'dispatch needs "duty leader" or "hall director" at 市办税厅: the administrator can grant it'
    )
    assert refused_link(db, Action.RATE_FOR_TAXPAYER, HALL).text() == (
        "rating in the taxpayer's place is not for anybody here"
    )


def test_a_lower_place_is_named_before_a_higher_one(stores: Stores) -> None:
    said = refused_link(stores.journal.database, Action.FREEZE_MONTH, HALL).text()
    assert said == (
        'freezing a month needs "assessor" at 市办税厅 or "collection department" at 鹰潭市: '
        "the administrator can grant it"
    )


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("node", [HALL, CITY])
def test_whoever_gets_what_is_named_is_let_in(action: Action, node: str) -> None:
    """The words and the matrix never part: each grant that the sentence names opens the link, for the own record at least."""
    named = [grant for grant in grants_that_allow(action, node) if grant.role in ROLES]
    for grant in named:
        assert may([grant], action, node, own=True, case=True)
    said = told(action, named, {}).text()
    for role in TABLE[action]:
        if role in ROLES:
            opens = any(grant.role is role for grant in named)
            assert (f'"{ROLES[role]}"' in said) is opens


def test_a_workflow_says_it(stores: Stores) -> None:
    clerk = stores.desk(staff="0317")
    with pytest.raises(Refused) as refused:
        refuse_unless_allowed(stores.journal.database, clerk, Action.APPROVE_LEAVE)
    assert '"duty leader" or "hall director" or "bureau leader" at 市办税厅' in refused.value.reason.text()
    with pytest.raises(Refused) as refused:
        refuse_unless_allowed_at(stores.journal.database, "0317", Action.SEE_FIGURES, CITY)
    assert refused.value.reason == refused_link(stores.journal.database, Action.SEE_FIGURES, CITY)


def test_what_a_centre_answers_is_told_in_the_same_words(stores: Stores) -> None:
    db = stores.journal.database
    answered = grants_that_allow(Action.SEE_FIGURES, CITY)
    assert told(Action.SEE_FIGURES, answered, {CITY: "鹰潭市"}) == refused_link(db, Action.SEE_FIGURES, CITY)
    assert Grant(Role.BUREAU_LEADER, CITY) in answered
