"""The inbox: whose cases wait, the most urgent first."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import g, render_template, request

from survey_app.followups.labels import OWNERS, STATES
from survey_app.followups.queries import Inbox, count_open, is_overdue, names_of_staff, page_of_cases
from survey_app.followups.routes import blueprint
from survey_app.web import access
from survey_app.web.storable import page_number


@blueprint.get("/cases")
@access.requires("cases.view")
def index() -> str:
    """List cases: mine, unassigned or all; open or closed."""
    inbox = Inbox(
        owner=_one_of(request.args.get("owner"), tuple(OWNERS), _default_owner()),
        state=_one_of(request.args.get("state"), tuple(STATES), "open"),
        viewer_id=g.staff_user.id,
    )
    pages, now = page_of_cases(inbox, request.args.get("page", 1, type=page_number)), datetime.now(UTC)
    return render_template(
        "followups/index.html",
        inbox=inbox,
        pages=pages,
        counts=count_open(g.staff_user.id),
        overdue={case.id for case in pages.items if is_overdue(case, now)},
        names=names_of_staff(case.assignee_id for case in pages.items),
    )


def _default_owner() -> str:
    """Begin with one's own cases where one works on cases oneself."""
    return "mine" if any(role.name == "agent" for role in g.staff_user.roles) else "all"


def _one_of(value: str | None, known: tuple[str, ...], default: str) -> str:
    return value if value in known else default
