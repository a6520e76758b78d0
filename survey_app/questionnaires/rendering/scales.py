"""Reading of one ordered answer: NPS, CSAT, CES, and each row of a battery."""

from __future__ import annotations

from flask_babel import gettext as _

from analysis.values import MissingReason
from survey_app.questionnaires.definition import Item, Scale
from survey_app.questionnaires.rendering.reading import Form, PageReading, Wording, posted, reasons_offered


def read_scale(item: Item, form: Form, reading: PageReading, words: Wording) -> None:  # noqa: ARG001 - every handler's signature
    """Read one point of the item's scale."""
    if not read_point(item, item.code, form, reading):
        scale = scale_of(item)
        reading.errors[item.code] = _("Choose a number from %(low)s to %(high)s.", low=scale.low, high=scale.high)


def read_battery(item: Item, form: Form, reading: PageReading, words: Wording) -> None:
    """Read one point for every row of a battery."""
    for row in item.rows:
        if not read_point(item, row.code, form, reading):
            reading.errors[row.code] = _("Choose an answer for “%(row)s”.", row=words(row.text))


def read_point(item: Item, code: str, form: Form, reading: PageReading) -> bool:
    """Read the scale point sent under a measure's code, or the reason why there is none; False where it is wrong."""
    given = posted(form, code)
    reading.typed[code] = given
    reason = reason_given(item, given)
    point = _point(scale_of(item), given)
    if reason is not None:
        reading.missing[code] = reason
    elif point is not None:
        reading.values[code] = point
    elif given or item.is_required:
        return False
    else:
        reading.missing[code] = MissingReason.SKIPPED
    return True


def reason_given(item: Item, given: list[str]) -> str | None:
    """Return the reason that the person chose instead of an answer, where the item offers it."""
    return reasons_offered(item).get(given[0]) if len(given) == 1 else None


def scale_of(item: Item) -> Scale:
    """Return the item's scale; raise ValueError where its definition forgot one."""
    if item.scale is None:
        message = f"{item.code} has no scale"
        raise ValueError(message)
    return item.scale


def _point(scale: Scale, given: list[str]) -> int | None:
    """Return the point that was sent; only the spelling that the page itself offers counts."""
    return {str(point): point for point in scale.points}.get(given[0]) if len(given) == 1 else None
