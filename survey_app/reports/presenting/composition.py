"""Who is missing, in words: which groups of customers answer clearly less or more often than the others."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from survey_app.reports.presenting.names import part_name, segment_name
from survey_app.reports.presenting.shown import Data, is_estimate, refusal
from survey_app.web.filters import number, percent

ALPHA = 0.05
# So many differences are named, the largest first; the tables hold all.
MOST_NAMED = 3


def group_name(variable: str, category: str) -> str:
    """Return what a group of invited customers is called."""
    if category == "unknown":
        return _("Not known")
    if category == "others":
        return _("Other groups together")
    return segment_name({"name": variable}, category.removeprefix("="))


def findings(found: Data, attributes: Mapping[str, str]) -> list[str]:
    """Return the sentences that say who is missing, or that nobody is."""
    if "refused" in found:
        figures = found["refused"]["figures"]
        return [
            _(
                "Too few customers answered, or did not, to tell who is missing: at least %(needed)s of both are "
                "needed.",
                needed=number(figures["needed"]),
            )
        ]
    said = [*_of_groups(found, attributes), *_of_numbers(found, attributes)]
    return said or [_("Those who answered look like those who were asked: no difference is beyond chance.")]


def representativity(found: Data) -> str:
    """Return how evenly customers of all kinds answered, as one figure."""
    data = found.get("representativity")
    if not data:
        return ""
    if not is_estimate(data):
        return refusal(data)
    return _(
        "Representativity (R-indicator): %(value)s (95 %% interval %(low)s to %(high)s). 1 means that customers of all "
        "kinds answered equally often, 0 that some kinds always did and others never.",
        value=number(data["value"], 2),
        low=number(data["interval"]["low"], 2),
        high=number(data["interval"]["high"], 2),
    )


def is_beyond_chance(characteristic: Data) -> bool:
    """Return whether a characteristic as a whole differs, all of them being tested together."""
    p_value = characteristic["adjusted_p_value"]
    return p_value is not None and bool(p_value < ALPHA)


def _of_groups(found: Data, attributes: Mapping[str, str]) -> list[str]:
    """Name the groups that answer less often; of a characteristic without any, those that answer more often."""
    named = []
    for each in found["characteristics"]:
        groups = each.get("groups", [])
        less = [group for group in groups if group["verdict"] == "answers-less"]
        more = [group for group in groups if group["verdict"] == "answers-more"]
        named += [(each["variable"], group) for group in less or more]
    named.sort(key=lambda pair: -abs(pair[1]["difference"]["value"]))
    overall = percent(found["response_rate"]["value"], 1)
    return [_of_group(variable, group, attributes, overall) for variable, group in named[:MOST_NAMED]]


def _of_group(variable: str, group: Data, attributes: Mapping[str, str], overall: str) -> str:
    words = {
        "group": group_name(variable, group["category"]),
        "attribute": part_name(variable, attributes),
        "rate": percent(group["response_rate"]["value"], 1),
        "all": overall,
    }
    if group["verdict"] == "answers-less":
        return _("“%(group)s” (%(attribute)s) answers less often: %(rate)s, against %(all)s of all invited.", **words)
    return _("“%(group)s” (%(attribute)s) answers more often: %(rate)s, against %(all)s of all invited.", **words)


def _of_numbers(found: Data, attributes: Mapping[str, str]) -> list[str]:
    return [
        _(
            "“%(attribute)s” is on average %(answered)s among those who answered, %(all)s among all invited.",
            attribute=part_name(each["variable"], attributes),
            answered=number(each["mean_of_respondents"], 2),
            all=number(each["mean_of_base"], 2),
        )
        for each in found["characteristics"]
        if "groups" not in each and is_beyond_chance(each)
    ]
