"""A questionnaire laid out for paper: numbered questions, parts, and what leads from one to the other."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.questionnaires.definition import UNASKED, Item, Page, Questionnaire, Texts, text_in
from survey_app.questionnaires.piping import fill
from survey_app.questionnaires.printing.instructions import Guide


@dataclass(frozen=True, slots=True)
class Line:
    """One item as it stands on paper; statements have no number."""

    item: Item
    number: int | None
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the questionnaire: on paper several follow each other on one sheet."""

    title: str
    condition: str
    lines: tuple[Line, ...]
    leads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheets:
    """A whole questionnaire in one language."""

    questionnaire: Questionnaire
    language: str

    def say(self, texts: Texts) -> str:
        """Return a text in the language of the paper; merge fields stand at their fallback."""
        return fill(text_in(texts, self.language, self.questionnaire.languages), {}, self.language)

    @property
    def numbers(self) -> dict[str, int]:
        """Return the number of every question."""
        asked = (item.code for item in self.questionnaire.items if item.type not in UNASKED)
        return {code: number for number, code in enumerate(asked, start=1)}

    @property
    def sections(self) -> tuple[Section, ...]:
        """Return the parts that have something to read or to answer."""
        guide = self._guide()
        pages = self.questionnaire.pages
        following = [guide.first_of[page.code] for page in pages[1:]] + [None]
        sections = (self._section(page, after, guide) for page, after in zip(pages, following, strict=True))
        return tuple(section for section in sections if section.lines or section.leads)

    def _section(self, page: Page, after: int | None, guide: Guide) -> Section:
        return Section(
            title=self.say(page.title),
            condition=guide.section_if(page.show_if, after) if page.show_if else "",
            lines=tuple(self._line(item, guide) for item in page.items if item.is_visible),
            leads=tuple(guide.lead(jump) for jump in page.jumps),
        )

    def _line(self, item: Item, guide: Guide) -> Line:
        condition = guide.asked_if(item.show_if) if item.show_if else ""
        return Line(item, guide.numbers.get(item.code), condition)

    def _guide(self) -> Guide:
        numbers = self.numbers
        items = {code: item for item in self.questionnaire.items for code in item.measure_codes}
        return Guide(numbers, items, self.say, self._first_numbers(numbers))

    def _first_numbers(self, numbers: dict[str, int]) -> dict[str, int | None]:
        """Return for every page the number of the first question that stands on it or after it."""
        found: dict[str, int | None] = {}
        upcoming: int | None = None
        for page in reversed(self.questionnaire.pages):
            here = [numbers[item.code] for item in page.items if item.code in numbers]
            upcoming = here[0] if here else upcoming
            found[page.code] = upcoming
        return found
