"""Reading of rankings: a place for every option that is ranked, each place once."""

from __future__ import annotations

from collections import defaultdict

from flask_babel import gettext as _
from flask_babel import ngettext

from survey_app.questionnaires.definition import Item
from survey_app.questionnaires.rendering.numbers import number_from
from survey_app.questionnaires.rendering.reading import (
    Form,
    PageReading,
    Wording,
    is_to_be_read,
    reasons_and_rest,
    typed_in,
)


def read_ranking(item: Item, form: Form, reading: PageReading, words: Wording) -> None:
    """Read the places given to options, the best first; a ranking of the best few leaves the others without."""
    reasons, _rest = reasons_and_rest(item, form, reading)
    typed = typed_in(item, [option.code for option in item.options], form, reading)
    please = _("Give 1 to your first choice, 2 to the next, and so on.")
    if is_to_be_read(item, reading, reasons, is_given=bool(typed), please=please):
        _keep(item, typed, reading, words)


def n_places(item: Item) -> int:
    """Return how many places a ranking gives at most."""
    return min(item.most or len(item.options), len(item.options))


def _keep(item: Item, typed: dict[str, str], reading: PageReading, words: Wording) -> None:
    by_place: dict[int, list[str]] = defaultdict(list)
    for code, text in typed.items():
        place = number_from(text, words.language)
        if place is None or place != round(place) or not 1 <= place <= n_places(item):
            error = _("Choose a place from 1 to %(most)s.", most=n_places(item))
            reading.errors[f"{item.code}.{code}"] = error
        else:
            by_place[int(place)].append(code)
    _refuse_equal(item, by_place, reading, words)
    if any(name.startswith(f"{item.code}.") for name in reading.errors):
        return
    problem = _problem(item, by_place)
    if problem:
        reading.errors[item.code] = problem
    else:
        reading.values[item.code] = [by_place[place][0] for place in sorted(by_place)]


def _refuse_equal(item: Item, by_place: dict[int, list[str]], reading: PageReading, words: Wording) -> None:
    texts = {option.code: words(option.text) for option in item.options}
    for place, codes in by_place.items():
        for code in codes[1:]:
            reading.errors[f"{item.code}.{code}"] = _(
                "“%(first)s” has place %(place)s too. Give each its own place.", first=texts[codes[0]], place=place
            )


def _problem(item: Item, by_place: dict[int, list[str]]) -> str:
    n = len(by_place)
    gap = next((place for place in range(1, n + 1) if place not in by_place), None)
    if gap is not None:
        return _("Nothing has place %(place)s yet. Use 1, 2, 3 and so on.", place=gap)
    least = min(item.fewest or 1, n_places(item))
    if n < least:
        return ngettext("Rank at least %(num)s answer.", "Rank at least %(num)s answers.", least)
    return ""
