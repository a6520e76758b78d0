"""The analysis plan of every ready questionnaire: what it is for, how it is scored, where that comes from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from survey_app.questionnaires.definition import Texts

FOLDER = Path(__file__).parent / "plans"
SHARED = "shared"
# The order in which they are offered: the whole relationship, then single events, then long instruments.
NAMES = (
    "relationship_nps",
    "b2b_relationship",
    "product_satisfaction",
    "transaction_csat",
    "delivery",
    "service_ces",
    "support_ticket",
    "onboarding",
    "event_feedback",
    "churn",
    "service_quality",
    "satisfaction_index",
)


@dataclass(frozen=True, slots=True)
class Method:
    """One thing that is computed: in words, and the page of docs/ that gives its formula."""

    text: Texts
    page: str


@dataclass(frozen=True, slots=True)
class Construct:
    """What several items measure together; `code` is its name in a path model."""

    name: Texts
    codes: tuple[str, ...]
    code: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a marketer should know before choosing an instrument, and an analyst afterwards.

    Answers of `alert` or less open a case by default; `least_base` completed answers are wanted for a first reading;
    `model` names the path model of `analysis.satisfaction_index` that the constructs fit, where there is one.
    """

    name: str
    title: Texts
    purpose: Texts
    when: Texts
    whom: Texts
    cadence: Texts
    act: Texts
    limits: Texts
    headline: Method
    alert: int
    least_base: int
    analyses: tuple[Method, ...]
    sources: tuple[str, ...]
    constructs: tuple[Construct, ...] = ()
    model: str = ""


@cache
def plans() -> tuple[Plan, ...]:
    """Return the plan of every ready questionnaire, in the order in which they are offered."""
    return tuple(plan_of(name) for name in NAMES)


@cache
def plan_of(name: str) -> Plan:
    """Return the plan with this name; raise KeyError when there is none."""
    if name not in NAMES:
        raise KeyError(name)
    shared = _read(SHARED)
    data = _read(name)
    return Plan(
        name=name,
        headline=Method(**shared["headlines"][data.pop("headline")]),
        analyses=tuple(Method(**shared["analyses"][each]) for each in data.pop("analyses")),
        sources=tuple(shared["sources"][each] for each in data.pop("sources")),
        constructs=tuple(_construct(each) for each in data.pop("constructs", ())),
        **data,
    )


def _construct(data: dict[str, Any]) -> Construct:
    return Construct(data["name"], tuple(data["codes"]), data.get("code", ""))


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return data
