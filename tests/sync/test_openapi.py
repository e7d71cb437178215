"""The description of the JSON endpoints is true: what is drawn from it is answered as it says, on a running centre."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from hallterm.centre_door import Door
from storage import facts as f
from storage.journal import Journal
from storage.vault import Vault
from sync import openapi, server
from sync.limits import Limits, Rate
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import at
from tests.sync.trust import CENTRE_KEY

EXAMPLES = 12
COSTLY = {"/v1/token": 4, "/v1/enrol": 6}
"""A wrong password costs the time of a right one, a body of many fields much drawing."""
UNLIMITED = Limits(*[Rate(1e9, 1e9)] * 3)


@pytest.fixture
def signed_on(open_centre: Opener, centre: Journal, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of a centre, and the token of somebody who may read the hall."""
    vault = Vault.open(tmp_path)
    with centre.write("-", at(0)) as tx:
        tx.record(f.StaffSet("5001", "somebody", "3301"))
        tx.record(f.GrantSet("5001", f.Role.HALL_DIRECTOR, "3301"))
    vault.set_password("5001", "correct horse")
    vault.close()
    with centre_in_thread(open_centre, check=Door(tmp_path, open_centre).check, limits=UNLIMITED) as url:
        token = httpx.post(
            f"{url}/v1/token", json={"number": "5001", "password": "correct horse"}, trust_env=False, timeout=120
        ).json()["token"]
        yield url, token


@pytest.mark.parametrize("described", openapi.OPERATIONS, ids=lambda one: one.path)
def test_what_is_drawn_from_the_description_is_answered_as_it_says(
    signed_on: tuple[str, str], described: openapi.Operation
) -> None:
    url, token = signed_on
    schema = schemathesis.openapi.from_dict(httpx.get(f"{url}{openapi.PATH}", trust_env=False, timeout=120).json())
    operation = schema[described.path][described.method.upper()]
    takes_anything = described.query or described.body
    modes = schemathesis.GenerationMode if takes_anything else [schemathesis.GenerationMode.POSITIVE]
    with requests.Session() as session:
        session.trust_env = False  # the proxy of somebody's machine
        for mode in modes:

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(
                max_examples=COSTLY.get(described.path, EXAMPLES),
                deadline=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def check(case: Any) -> None:
                headers = {"Authorization": f"Bearer {token}"}
                case.call_and_validate(base_url=url, headers=headers, session=session)

            check()


def test_every_json_route_is_described(open_centre: Opener) -> None:
    app = server.create_app(open_centre, CENTRE_KEY)
    routes = {route.path for route in app.routes}  # type: ignore[attr-defined]
    not_json = {"/v1/sync", "/v1/bundle", "/v1/log", "/v1/relay", "/metrics", openapi.PATH}
    assert routes - not_json == {one.path for one in openapi.OPERATIONS}


def test_the_description_names_the_types_that_are_used() -> None:
    document = openapi.document()
    assert document["openapi"] == "3.1.0"
    assert {"Request", "Welcome", "Token", "Figures", "Nodes", "NodeStatus", "HallSums", "ProblemBody"} <= set(
        document["components"]["schemas"]
    )
    assert "\\Z" not in repr(document)
