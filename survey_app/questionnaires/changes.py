"""What a new version changes for the trends of the published one: pure comparison of two questionnaires."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from survey_app.questionnaires.checking import CheckFinding, Spot, error, warning
from survey_app.questionnaires.definition import Item, Questionnaire


def trend_findings(old: Questionnaire, new: Questionnaire) -> Iterator[CheckFinding]:
    """Yield what breaks or ends a trend: codes that measure something else now, and codes that are gone."""
    before = _by_code(old)
    after = _by_code(new)
    spots = {code: Spot(page.code, item.code) for page in new.pages for item in page.items for code in codes_of(item)}
    for code, item in before.items():
        if code in after:
            yield from _changed(code, item, after[code], spots[code])
        else:
            yield warning(_("“%(code)s” is gone, so its trend ends with the published version.", code=code))


def codes_of(item: Item) -> tuple[str, ...]:
    """Return the codes that an item fixes once it is published: its own and those of its rows."""
    return (item.code, *(row.code for row in item.rows))


def _by_code(questionnaire: Questionnaire) -> dict[str, Item]:
    return {code: item for item in questionnaire.items for code in codes_of(item)}


def _changed(code: str, old: Item, new: Item, spot: Spot) -> Iterator[CheckFinding]:
    if old.type is not new.type:
        yield error(
            _(
                "“%(code)s” was published as another type of item. Old and new answers would be mixed in one trend: "
                "give the changed item a new code.",
                code=code,
            ),
            spot,
        )
    elif _scale(old) != _scale(new):
        yield error(
            _(
                "“%(code)s” was published with another scale. Its trend would jump for no reason of the customers: "
                "keep the scale, or give the changed item a new code.",
                code=code,
            ),
            spot,
        )
    gone = [option.code for option in old.options if option.code not in {each.code for each in new.options}]
    if gone and code == old.code:
        message = _("“%(code)s” has lost options (%(gone)s), so their shares end.", code=code, gone=", ".join(gone))
        yield warning(message, spot)


def _scale(item: Item) -> tuple[int, int, bool] | None:
    return (item.scale.low, item.scale.high, item.scale.higher_is_better) if item.scale else None
