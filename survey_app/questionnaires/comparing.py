"""What differs between two questionnaires, for people: what came, went and moved, settings, and words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.settings_in_words import item_settings, labels_of, page_settings, survey_settings
from survey_app.questionnaires.texts import own_page_words, wordings
from survey_app.questionnaires.word_differences import Run, word_runs


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same on both sides; nothing stands where a side does not have it.

    `language` is set where a text differs; `sentence` says a change of structure in words.
    """

    label: str
    before: str
    after: str
    language: str = ""
    sentence: str = ""

    @property
    def is_wording(self) -> bool:
        """Return whether only words differ."""
        return bool(self.language)

    @property
    def runs(self) -> list[Run]:
        """Return both sides as one text with its gone and new words."""
        return word_runs(self.before, self.after)


def differences(before: Questionnaire, after: Questionnaire) -> list[Difference]:
    """Return what changed from one questionnaire to the other: structure first, then settings, then words."""
    return [*_structure(before, after), *_settings(before, after), *_words(before, after)]


def _structure(before: Questionnaire, after: Questionnaire) -> Iterator[Difference]:
    old_pages, new_pages = ([page.code for page in each.pages] for each in (before, after))
    for code in (each for each in old_pages if each not in new_pages):
        yield Difference(_("Page “%(code)s”", code=code), code, "", sentence=_("Page “%(code)s” is gone.", code=code))
    for code in (each for each in new_pages if each not in old_pages):
        yield Difference(_("Page “%(code)s”", code=code), "", code, sentence=_("Page “%(code)s” is new.", code=code))
    yield from _order(_("Order of pages"), old_pages, new_pages)
    old, new = _places(before), _places(after)
    yield from (_went(code, page) for code, page in old.items() if code not in new)
    yield from (_came(code, page) for code, page in new.items() if code not in old)
    yield from (_moved(code, page, new[code]) for code, page in old.items() if new.get(code, page) != page)
    for page in after.pages:
        was = [code for code, place in old.items() if place == page.code]
        yield from _order(_("Order on page “%(code)s”", code=page.code), was, [item.code for item in page.items])


def _places(questionnaire: Questionnaire) -> dict[str, str]:
    return {item.code: page.code for page in questionnaire.pages for item in page.items}


def _went(code: str, page: str) -> Difference:
    return Difference(_("“%(code)s”", code=code), page, "", sentence=_("“%(code)s” is gone.", code=code))


def _came(code: str, page: str) -> Difference:
    sentence = _("“%(code)s” is new on page “%(page)s”.", code=code, page=page)
    return Difference(_("“%(code)s”", code=code), "", page, sentence=sentence)


def _moved(code: str, before: str, after: str) -> Difference:
    sentence = _("“%(code)s” moved from page “%(before)s” to “%(after)s”.", code=code, before=before, after=after)
    return Difference(_("Page of “%(code)s”", code=code), before, after, sentence=sentence)


def _order(label: str, before: list[str], after: list[str]) -> Iterator[Difference]:
    """Yield a difference where what stands on both sides stands in another order."""
    old, new = [each for each in before if each in after], [each for each in after if each in before]
    if old != new:
        yield Difference(label, ", ".join(old), ", ".join(new))


def _settings(before: Questionnaire, after: Questionnaire) -> Iterator[Difference]:
    said, says = labels_of(before), labels_of(after)
    yield from _compared(survey_settings(before, said), survey_settings(after, says))
    old_pages, new_pages = ({page.code: page for page in each.pages} for each in (before, after))
    for code in (each for each in old_pages if each in new_pages):
        yield from _compared(page_settings(old_pages[code], said), page_settings(new_pages[code], says))
    old, new = ({item.code: item for item in each.items} for each in (before, after))
    for code in (each for each in old if each in new):
        yield from _compared(item_settings(old[code], said), item_settings(new[code], says))


def _compared(before: dict[str, str], after: dict[str, str]) -> Iterator[Difference]:
    for name in dict.fromkeys([*before, *after]):
        was, is_now = before.get(name, ""), after.get(name, "")
        if was != is_now:
            yield Difference(name, was, is_now)


def _words(before: Questionnaire, after: Questionnaire) -> Iterator[Difference]:
    """Yield every text that differs; of items and pages that came or went, their own sentence says enough."""
    old, new = ({each.key: each for each in (*wordings(side), *own_page_words(side))} for side in (before, after))
    gone, come = _owners(before) - _owners(after), _owners(after) - _owners(before)
    for key in dict.fromkeys([*old, *new]):
        if key.split("/")[0] in gone | come and not key.endswith("/text"):
            continue
        was, is_now = (side[key].texts if key in side else {} for side in (old, new))
        label = (new.get(key) or old[key]).label
        for tag in dict.fromkeys([*was, *is_now]):
            if was.get(tag, "") != is_now.get(tag, ""):
                yield Difference(f"{label} ({tag})", was.get(tag, ""), is_now.get(tag, ""), language=tag)


def _owners(questionnaire: Questionnaire) -> set[str]:
    return {item.code for item in questionnaire.items} | {page.code for page in questionnaire.pages}
