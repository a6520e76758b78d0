"""How long answering takes: reading every word, then finding an answer; docs/questionnaire-checks.md says by what."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.questionnaires.definition import END, SCREEN_OUT, Item, ItemType, Page, Questionnaire, Texts

# Beyond so many minutes many give up.
LONGEST_READING = 5
# Words per minute of reading: IReST, Trauzettel-Klosinski & Dietz 2012. Vietnamese writes a blank between
# syllables, so its speed is one of syllables; other languages get the mean of the seventeen that were measured.
SPEEDS = {"en": 228, "es": 218, "vi": 255}
OTHER_SPEED = 184
# Seconds to find an answer once the words are read: our own settings, to be held against the time people really take.
SECONDS = {
    ItemType.NUMBER: 6.0,
    ItemType.DATE: 8.0,
    ItemType.TEXT: 30.0,
    ItemType.STATEMENT: 0.0,
    ItemType.HIDDEN: 0.0,
}
SHORT_TEXT = 10.0
PER_ANSWER = 4.0
PER_RANKED = 4.0
PER_SHARE = 5.0
PER_DETAIL = 7.0
PER_PAGE = 2.0


@dataclass(frozen=True, slots=True)
class Duration:
    """Minutes in one language: by the shortest way through that conditions and jumps leave open, and by the longest."""

    language: str
    shortest: float
    longest: float


def durations(questionnaire: Questionnaire) -> list[Duration]:
    """Return how long answering takes in every language, the main one first."""
    return [_duration(questionnaire, language) for language in questionnaire.languages]


def _duration(questionnaire: Questionnaire, language: str) -> Duration:
    """Walk from the last page to the first: what a page takes, and the least and the most that can follow it."""
    main = questionnaire.languages[0]
    pages, n_pages = questionnaire.pages, len(questionnaire.pages)
    around = _reading([questionnaire.title, questionnaire.introduction], language, main)
    places = {page.code: place for place, page in enumerate(pages)} | {END: n_pages, SCREEN_OUT: n_pages}
    least, most = [0.0] * (n_pages + 1), [0.0] * (n_pages + 1)
    for place in reversed(range(n_pages)):
        page = pages[place]
        after = _after(place, page, places)
        short, long = _page_seconds(page, language, main)
        least[place] = short + min(least[each] for each in after)
        most[place] = long + max(most[each] for each in after)
        if page.show_if is not None:
            least[place] = min(least[place], least[place + 1])
    return Duration(language, (around + least[0]) / 60, (around + most[0]) / 60)


def _after(place: int, page: Page, places: dict[str, int]) -> list[int]:
    """Return the places that may follow a page."""
    found = [places[jump.to] for jump in page.jumps if places.get(jump.to, -1) > place]
    leads_away = any(jump.when is None and places.get(jump.to, -1) > place for jump in page.jumps)
    return found if leads_away else [*found, place + 1]


def _page_seconds(page: Page, language: str, main: str) -> tuple[float, float]:
    head = _reading([page.title], language, main) + (PER_PAGE if page.items else 0.0)
    always = sum(_seconds(item, language, main) for item in page.items if item.show_if is None)
    maybe = sum(_seconds(item, language, main) for item in page.items if item.show_if is not None)
    return head + always, head + always + maybe


def _seconds(item: Item, language: str, main: str) -> float:
    if item.type is ItemType.HIDDEN:
        return 0.0
    labels = [*item.scale.labels.values()] if item.scale else []
    texts = [item.text, item.hint, item.unit, item.consent, *labels]
    texts += [*(option.text for option in item.options), *(row.text for row in item.rows)]
    return _reading(texts, language, main) + _answering(item)


def _answering(item: Item) -> float:
    if item.type is ItemType.TEXT and item.is_short:
        return SHORT_TEXT
    if item.type is ItemType.RANKING:
        return PER_RANKED * (item.most or len(item.options))
    if item.type is ItemType.SUM:
        return PER_SHARE * len(item.options)
    if item.type is ItemType.CONTACT:
        return PER_DETAIL * len(item.contact_fields)
    return SECONDS.get(item.type, PER_ANSWER * len(item.measure_codes))


def _reading(texts: list[Texts], language: str, main: str) -> float:
    """Return the seconds that reading takes; a missing translation is read in the main language."""
    words = sum(len((each.get(language) or each.get(main, "")).split()) for each in texts)
    return 60 * words / SPEEDS.get(language.split("-", maxsplit=1)[0], OTHER_SPEED)
