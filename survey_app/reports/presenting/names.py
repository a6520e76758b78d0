"""What groups, periods and the parts of a filter are called: codes stay in addresses, people read words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel import dates
from flask_babel import get_locale
from flask_babel import gettext as _

from survey_app.campaigns.labels import language_name
from survey_app.reports.presenting.shown import Data, label_of
from survey_app.reports.rules import OTHERS
from survey_app.responses.wording import channel_words
from survey_app.web.filters import day

PROFILE = "profile."


def period_name(label: str, by: str) -> str:
    """Return a period as people write it; a wave keeps the name that its campaign gave it."""
    if by == "month":
        year, month = (int(part) for part in label.split("-"))
        return str(dates.format_skeleton("yMMM", date(year, month, 1), locale=get_locale()))
    if by == "week":
        year_part, week = label.split("-W")
        return _("W%(week)s %(year)s", week=week, year=year_part)
    return label


def group_name(group: Data, attributes: Mapping[str, str]) -> str:
    """Return what splits the answers: an item's wording, an attribute or the language."""
    if "labels" in group:
        return label_of(group["labels"], group["name"])
    name = str(group["name"])
    if name == "language":
        return _("Language")
    code = name.removeprefix(PROFILE)
    return _("By %(attribute)s", attribute=attributes.get(code, code))


def segment_name(group: Data, segment: str) -> str:
    """Return what one group of a split is called."""
    if segment == OTHERS:
        return _("Other groups together")
    if group["name"] == "language":
        return language_name(segment)
    options = group.get("options", {})
    return label_of(options[segment], segment) if segment in options else segment


def part_name(name: str, attributes: Mapping[str, str]) -> str:
    """Return what a part of the filter is about, as its field is labelled."""
    code = name.partition(".")[2]
    if name.startswith(PROFILE):
        return attributes.get(code, code)
    fields = {
        "from": _("From"),
        "to": _("To"),
        "wave": _("Wave"),
        "language": _("Language"),
        "channel": _("Channel"),
    }
    return fields.get(name, code or name)


def part_value(name: str, value: str) -> str:
    """Return what a part of the filter chooses, in words."""
    if name in {"from", "to"}:
        return day(date.fromisoformat(value))
    if name == "language":
        return language_name(value)
    return channel_words(value) if name == "channel" else value
