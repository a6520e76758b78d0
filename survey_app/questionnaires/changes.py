"""What a new version does to the trends of an older one: pure comparison of two questionnaires."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from analysis.values import Role
from survey_app.questionnaires.checking import WHOLE, CheckFinding, Spot, error, warning
from survey_app.questionnaires.definition import Item, ItemType, Jump, Questionnaire


class Effect(StrEnum):
    """A forbidden change would mix two measures in one trend; a breaking one ends or moves a trend."""

    FORBIDDEN = "forbidden"
    BREAKING = "breaking"


@dataclass(frozen=True, slots=True)
class TrendChange:
    """What a change does to trends, in plain words, and where; whatever is not among these is safe."""

    effect: Effect
    message: str
    spot: Spot = WHOLE


def trend_changes(old: Questionnaire, new: Questionnaire) -> list[TrendChange]:
    """Return every change that breaks a trend, the forbidden ones first."""
    found = [*_gone_or_changed(old, new), *_primary(old, new), *_asked_of_others(old, new)]
    return sorted(found, key=lambda change: change.effect is not Effect.FORBIDDEN)


def trend_findings(old: Questionnaire, new: Questionnaire) -> Iterator[CheckFinding]:
    """Yield what breaks a trend as findings: errors for what mixes two measures, warnings for the rest."""
    for change in trend_changes(old, new):
        found = error if change.effect is Effect.FORBIDDEN else warning
        yield found(change.message, change.spot)


def codes_of(item: Item) -> tuple[str, ...]:
    """Return the codes that an item fixes once it is published: its own and those of its rows."""
    return (item.code, *(row.code for row in item.rows))


def _gone_or_changed(old: Questionnaire, new: Questionnaire) -> Iterator[TrendChange]:
    before, after = _by_code(old), _by_code(new)
    spots = _spots(new)
    for code, item in before.items():
        if code in after:
            yield from _changed(code, item, after[code], spots[code])
        elif item.type is not ItemType.STATEMENT:
            message = _("“%(code)s” is gone, so its trend ends with the published version.", code=code)
            yield TrendChange(Effect.BREAKING, message)


def _by_code(questionnaire: Questionnaire) -> dict[str, Item]:
    return {code: item for item in questionnaire.items for code in codes_of(item)}


def _spots(questionnaire: Questionnaire) -> dict[str, Spot]:
    return {
        code: Spot(page.code, item.code)
        for page in questionnaire.pages
        for item in page.items
        for code in codes_of(item)
    }


def _changed(code: str, old: Item, new: Item, spot: Spot) -> Iterator[TrendChange]:
    if old.type is not new.type:
        yield TrendChange(Effect.FORBIDDEN, _other_type(code), spot)
    elif _scale(old) != _scale(new):
        yield TrendChange(Effect.FORBIDDEN, _other_scale(code), spot)
    elif code == old.code:
        yield from _changed_answers(old, new, spot)


def _other_type(code: str) -> str:
    return _(
        "“%(code)s” was published as another type of item. Old and new answers would be mixed in one trend: "
        "give the changed item a new code.",
        code=code,
    )


def _other_scale(code: str) -> str:
    return _(
        "“%(code)s” was published with another scale. Its trend would jump for no reason of the customers: "
        "keep the scale, or give the changed item a new code.",
        code=code,
    )


def _changed_answers(old: Item, new: Item, spot: Spot) -> Iterator[TrendChange]:
    before, after = ([option.code for option in item.options] for item in (old, new))
    gone = [each for each in before if each not in after]
    added = [each for each in after if each not in before]
    if gone:
        message = _("“%(code)s” has lost options (%(gone)s), so their shares end.", code=old.code, gone=", ".join(gone))
        yield TrendChange(Effect.BREAKING, message, spot)
    if added and before:
        message = _(
            "“%(code)s” has new options (%(added)s): whoever chooses them is missing from the others' shares, "
            "which may fall for no other reason.",
            code=old.code,
            added=", ".join(added),
        )
        yield TrendChange(Effect.BREAKING, message, spot)
    if _measure(old) != _measure(new):
        message = _(
            "The answers to “%(code)s” are counted or asked for differently now (look, total, bounds or number of "
            "choices), so older figures may not be comparable.",
            code=old.code,
        )
        yield TrendChange(Effect.BREAKING, message, spot)


def _scale(item: Item) -> tuple[int, int, bool] | None:
    return (item.scale.low, item.scale.high, item.scale.higher_is_better) if item.scale else None


def _measure(item: Item) -> tuple[Any, ...]:
    """Return what decides how answers are counted, beside type, scale and options."""
    look = item.scale.look if item.scale else None
    return look, item.total, item.bounds, item.fewest, item.most, item.allows_dont_know, item.allows_not_applicable


def _primary(old: Questionnaire, new: Questionnaire) -> Iterator[TrendChange]:
    before, after = old.primary_outcome, new.primary_outcome
    if before is None or after is None:
        return
    if before.code != after.code:
        message = _(
            "Reports lead with “%(after)s” instead of “%(before)s”, so the headline begins a new trend.",
            after=after.code,
            before=before.code,
        )
        yield TrendChange(Effect.BREAKING, message, _spots(new)[after.code])
    elif _drivers_before(old, before.code) != _drivers_before(new, after.code):
        message = _(
            "Other drivers are rated before “%(code)s” than in the published version; what was rated first colours "
            "the score, so it may move for that reason alone.",
            code=after.code,
        )
        yield TrendChange(Effect.BREAKING, message, _spots(new)[after.code])


def _drivers_before(questionnaire: Questionnaire, code: str) -> list[str]:
    found: list[str] = []
    for item in questionnaire.items:
        if item.code == code:
            break
        found += [item.code] if Role.DRIVER in {item.role, *(row.role for row in item.rows)} else []
    return found


def _asked_of_others(old: Questionnaire, new: Questionnaire) -> Iterator[TrendChange]:
    before, after = _conditions(old), _conditions(new)
    changed = [code for code in before if code in after and before[code] != after[code]]
    for code in changed:
        message = _(
            "“%(code)s” is asked of other people now, so its figures before and after speak of different groups.",
            code=code,
        )
        yield TrendChange(Effect.BREAKING, message, _spots(new)[code])
    if not changed and _jumps(old) != _jumps(new):
        message = _("Jumps have changed: items behind them may be asked of other people than before.")
        yield TrendChange(Effect.BREAKING, message)


def _jumps(questionnaire: Questionnaire) -> dict[str, tuple[Jump, ...]]:
    return {page.code: page.jumps for page in questionnaire.pages if page.jumps}


def _conditions(questionnaire: Questionnaire) -> dict[str, tuple[Any, Any]]:
    """Return the conditions under which each item with answers is asked."""
    return {
        item.code: (page.show_if, item.show_if)
        for page in questionnaire.pages
        for item in page.items
        if item.measure_codes and item.type is not ItemType.HIDDEN
    }
