"""Who differs: small groups, whose figures swing by chance, with what is left once that is allowed for."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from survey_app.extensions import db, writing
from survey_app.reports.models import Report
from survey_app.reports.rules import OTHERS
from survey_app.responses.models import Response
from tests.rooms.reports.test_pages import a_survey_with_answers, compute
from tests.signing_in import SignIn

ALLOWING = "allowing for its small base: "


def a_report_by_tier(app: Flask, sign_in: SignIn, sizes: dict[str, int]) -> tuple[str, dict[str, Any]]:
    """Return the page and the table by tier, the tiers having these numbers of answers."""
    with app.app_context(), writing():
        a_survey_with_answers(sum(sizes.values()))
        tiers = [name for name, n in sizes.items() for _ in range(n)]
        for name, row in zip(tiers, db.session.scalars(select(Response).order_by(Response.id)), strict=True):
            row.profile = {"tier": name}
            if name == "small":
                row.answers = row.answers | {"nps": 10}
        db.session.commit()
    manager = sign_in("manager")
    manager.get("/reports/shop")
    compute(app)
    with app.app_context():
        report = db.session.scalars(select(Report)).one()
        assert report.result is not None
        table = next(each for each in report.result["groups"] if each["name"] == "profile.tier")
    return manager.get("/reports/shop").text, table


def test_a_group_too_small_to_compare_stands_with_its_base_allowed_for(app: Flask, sign_in: SignIn) -> None:
    page, table = a_report_by_tier(app, sign_in, {"large": 120, "middle": 80, "small": 15, "tiny": 6})
    assert list(table["shrunken"]) == ["small"]
    own = next(row["estimate"] for row in table["table"]["rows"] if row["segment"] == "small")
    allowed = table["shrunken"]["small"]
    assert own["value"] == 100
    assert allowed["interval"]["low"] < allowed["value"] < own["value"]
    assert f"{ALLOWING}{round(allowed['value'])}<" in page
    assert page.count(ALLOWING) == 1
    assert "draws them towards all groups" in page


def test_groups_below_the_privacy_base_are_told_together_with_the_next(app: Flask, sign_in: SignIn) -> None:
    page, table = a_report_by_tier(app, sign_in, {"large": 120, "middle": 80, "rare": 22, "small": 3})
    rows = {row["segment"]: row["estimate"]["base"]["n"] for row in table["table"]["rows"]}
    assert rows == {"large": 120, "middle": 80, OTHERS: 25}
    assert list(rows)[-1] == OTHERS
    assert table["shrunken"] == {}
    part = page.partition(">Who differs?</h2>")[2].partition("</section>")[0]
    assert "Other groups together" in part
    assert "Groups with fewer than 5 answers are told together with others" in part
    assert "small</bdi>" not in part
    assert "rare" not in part


def test_few_answers_of_nobody_knows_which_group_do_not_follow_from_the_total(app: Flask, sign_in: SignIn) -> None:
    _, table = a_report_by_tier(app, sign_in, {"large": 120, "middle": 80, "rare": 22, "": 2})
    assert {row["segment"]: row["estimate"]["base"]["n"] for row in table["table"]["rows"]} == {
        "large": 120,
        "middle": 80,
        OTHERS: 24,
    }
    assert table["table"]["n_unlabelled"] == 0


def test_a_split_that_privacy_leaves_one_group_of_is_left_out(app: Flask, sign_in: SignIn) -> None:
    with pytest.raises(StopIteration):
        a_report_by_tier(app, sign_in, {"large": 120, "small": 4})
    assert "By tier" not in sign_in("manager").get("/reports/shop").text


@pytest.mark.parametrize("sizes", [{"large": 120, "small": 15}, {"large": 90, "middle": 70, "third": 60}])
def test_two_groups_and_large_ones_need_no_such_line(app: Flask, sign_in: SignIn, sizes: dict[str, int]) -> None:
    page, table = a_report_by_tier(app, sign_in, sizes)
    assert table["shrunken"] == {}
    assert ALLOWING not in page
