"""A computed plan in sentences, as a table and as a chart of the same numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from survey_app.reports.planning.requests import Kind, PlanRequest
from survey_app.web.charts import Bar, Words, bar_chart
from survey_app.web.filters import number, percent

Data = dict[str, Any]
DIGITS = {Kind.NPS: 1, Kind.SHARE: 1, Kind.MEAN: 2}


@dataclass(frozen=True, slots=True)
class PlanPage:
    """What a page or a terminal shows of a plan."""

    sentences: list[str]
    rows: list[list[str]]
    chart: Markup | None


def plan_page(request: PlanRequest, result: Data) -> PlanPage:
    """Return a computed plan for people."""
    return PlanPage(plan_sentences(request, result), _rows(request, result), _chart(request, result))


def plan_sentences(request: PlanRequest, result: Data) -> list[str]:
    """Return what a plan says, the most important first."""
    return [*_of_the_base(request, result["asked"]), _of_the_change(request, result["needed"])]


def size(kind: Kind, value: float) -> str:
    """Return a change or margin with its unit."""
    shown = number(abs(value) * (100 if kind is Kind.SHARE else 1), DIGITS[kind])
    if kind is Kind.NPS:
        return _("%(n)s NPS points", n=shown)
    if kind is Kind.SHARE:
        return _("%(n)s percentage points", n=shown)
    return _("%(n)s scale points", n=shown)


def _of_the_base(request: PlanRequest, row: Data) -> list[str]:
    facts = {
        "invitations": number(row["invitations"]),
        "rate": percent(request.response_rate, 1),
        "n": number(row["n"]),
    }
    came = _("%(invitations)s invitations at a response rate of %(rate)s bring about %(n)s answers.", **facts)
    if row["margin"] is None:
        return [came, _("That is too few to plan with.")]
    margin = _(
        "The figure of one wave is then known to within %(margin)s either way (95 %% confidence).",
        margin=size(request.kind, row["margin"]["effect"]),
    )
    return [came, margin, _detectable(request, row)]


def _detectable(request: PlanRequest, row: Data) -> str:
    rise, fall = (_effect(row[name]) for name in ("rise", "fall"))
    if rise is None and fall is None:
        return _("Between two such waves not even the largest possible change would be found.")
    if rise is None or fall is None:
        one = (
            _("a fall of %(size)s", size=size(request.kind, fall or 0))
            if rise is None
            else _("a rise of %(size)s", size=size(request.kind, rise))
        )
        return _(
            "Between two such waves %(change)s is found in 80 %% of cases; smaller ones are mostly missed.", change=one
        )
    return _(
        "Between two such waves a rise of %(rise)s or a fall of %(fall)s is found in 80 %% of cases; smaller ones are "
        "mostly missed.",
        rise=size(request.kind, rise),
        fall=size(request.kind, fall),
    )


def _effect(plan: Data | None) -> float | None:
    """Return the change of a plan; None where there is no plan or it was refused."""
    return float(plan["effect"]) if plan is not None and plan.get("effect") is not None else None


def _of_the_change(request: PlanRequest, needed: Data) -> str:
    plans = [each for each in needed.values() if each is not None and each.get("n") is not None]
    change = size(request.kind, request.change)
    if not plans:
        return _("A change of %(change)s cannot be found, however many answers there are.", change=change)
    plan = max(plans, key=lambda each: each["n"])
    facts = {"change": change, "n": number(plan["n"]), "invitations": number(plan["invitations"])}
    if plan["invitations"] > request.audience:
        return _(
            "To find a change of %(change)s, each wave needs %(n)s answers: %(invitations)s invitations, more than "
            "there are customers. Look for a larger change, or raise the response rate.",
            **facts,
        )
    return _("To find a change of %(change)s, each wave needs %(n)s answers: %(invitations)s invitations.", **facts)


def _rows(request: PlanRequest, result: Data) -> list[list[str]]:
    shown = ("margin", "rise", "fall")
    return [
        [number(row["invitations"]), number(row["n"]), *(_cell(request.kind, row[name]) for name in shown)]
        for row in result["ladder"]
    ]


def _cell(kind: Kind, plan: Data | None) -> str:
    effect = _effect(plan)
    return _("none") if effect is None else size(kind, effect)


def _chart(request: PlanRequest, result: Data) -> Markup | None:
    part = 100 if request.kind is Kind.SHARE else 1
    known = [(row, _effect(row["rise"]) or _effect(row["fall"])) for row in result["ladder"]]
    bars = [
        Bar(_("%(n)s invitations", n=number(row["invitations"])), abs(effect) * part)
        for row, effect in known
        if effect is not None
    ]
    if not bars:
        return None
    description = _("The more invitations, the smaller the change that two waves show in four of five cases.")
    words = Words(_("Smallest change that can be found"), description)
    return bar_chart(bars, words, lambda value: number(value, DIGITS[request.kind]))
