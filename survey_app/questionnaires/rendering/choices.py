"""Reading of nominal answers: one option, or several, with the person's own words for "other"."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.values import MissingReason
from survey_app.questionnaires.definition import Item, Option
from survey_app.questionnaires.rendering.reading import (
    Form,
    PageReading,
    Wording,
    either_or,
    posted,
    reasons_offered,
)
from survey_app.questionnaires.rendering.scales import reason_given
from survey_app.questionnaires.rendering.texts import too_long

LONGEST_OTHER = 500


def read_single(item: Item, form: Form, reading: PageReading, words: Wording) -> None:
    """Read one option."""
    chosen = _chosen(item, form, reading)
    if chosen is None:
        return
    if len(chosen) > 1:
        reading.errors[item.code] = _("Choose one of the answers listed.")
        return
    _keep(item, chosen[0].code, chosen, form, reading, words)


def read_multiple(item: Item, form: Form, reading: PageReading, words: Wording) -> None:
    """Read any number of options; an exclusive one stands alone."""
    chosen = _chosen(item, form, reading)
    if chosen is None:
        return
    problem = _problem(item, chosen, words)
    if problem:
        reading.errors[item.code] = problem
        return
    _keep(item, [option.code for option in chosen], chosen, form, reading, words)


def _problem(item: Item, chosen: list[Option], words: Wording) -> str:
    """Return what to do about options that cannot stand together, or are too few or too many."""
    alone = next((option for option in chosen if option.is_exclusive), None)
    n = len(chosen)
    if alone is not None:
        both = _("Choose either “%(option)s” or the other answers, not both.", option=words(alone.text))
        return both if n > 1 else ""
    if item.fewest is not None and n < item.fewest:
        return ngettext("Choose at least %(num)s answer.", "Choose at least %(num)s answers.", item.fewest)
    if item.most is not None and n > item.most:
        return ngettext("Choose at most %(num)s answer.", "Choose at most %(num)s answers.", item.most)
    return ""


def _chosen(item: Item, form: Form, reading: PageReading) -> list[Option] | None:
    """Return the options chosen; None where a reason or an error has settled the item."""
    given = posted(form, item.code)
    reading.typed[item.code] = given
    own = f"{item.code}.other"
    if own in form:
        reading.typed[own] = posted(form, own)
    reason = reason_given(item, given)
    chosen = [option for option in item.options if option.code in given]
    if reason is not None:
        reading.missing[item.code] = reason
    elif chosen and len(chosen) < len(given) and set(given) <= {*reasons_offered(item), *(o.code for o in chosen)}:
        reading.errors[item.code] = either_or(item)
    elif len(chosen) != len(given):
        reading.errors[item.code] = _("Choose from the answers listed.")
    elif chosen:
        return chosen
    elif item.is_required:
        reading.errors[item.code] = _("Choose an answer.")
    else:
        reading.missing[item.code] = MissingReason.SKIPPED
    return None


def _keep(  # noqa: PLR0913, PLR0917 - the value and the five things every handler has
    item: Item, value: object, chosen: list[Option], form: Form, reading: PageReading, words: Wording
) -> None:
    """Keep the value, and beside it the person's own words where "other" was chosen."""
    other = next((option for option in chosen if option.is_other), None)
    own = "".join(posted(form, f"{item.code}.other")[:1]) if other else ""
    if other is not None:
        if not own.strip():
            reading.errors[f"{item.code}.other"] = _("Write what you mean by “%(option)s”.", option=words(other.text))
            return
        if len(own) > LONGEST_OTHER:
            reading.errors[f"{item.code}.other"] = too_long(len(own), LONGEST_OTHER)
            return
        reading.values[f"{item.code}.other"] = own
    reading.values[item.code] = value
