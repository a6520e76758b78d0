"""Checks of the way through a questionnaire: conditions of pages and items, jumps, and pages that nobody reaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from survey_app.conditions.rules import Tree
from survey_app.questionnaires.checking import CheckFinding, Fix, Repair, Spot, error, hint, warning
from survey_app.questionnaires.checks.conditions import Earlier, Placed, condition_findings
from survey_app.questionnaires.checks.truth import Asked, Verdict, verdict
from survey_app.questionnaires.definition import END, SCREEN_OUT, Item, ItemType, Jump, Page, Questionnaire
from survey_app.questionnaires.routing import answers_of

UNSURE_TYPES = frozenset({ItemType.HIDDEN, ItemType.CONTACT})


def route_findings(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    """Yield what is wrong with conditions and jumps, page by page."""
    walk = _Walk(questionnaire)
    for place, page in enumerate(questionnaire.pages):
        yield from walk.pass_page(place, page)


@dataclass(frozen=True, slots=True)
class _Way:
    """Where a page's jump leads: a place behind the last page stands for out."""

    place: int
    is_sure: bool


class _Walk:
    """One walk through all pages, carrying what has been asked and which pages can be reached."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.pages = questionnaire.pages
        n_pages = len(self.pages)
        self.places = {page.code: place for place, page in enumerate(self.pages)} | {END: n_pages, SCREEN_OUT: n_pages}
        self.earlier = Earlier({code for item in questionnaire.items for code in item.measure_codes})
        self.reached = {0}
        # The furthest place that an earlier jump leads to: pages before it may be leapt over.
        self.furthest = 0

    def pass_page(self, place: int, page: Page) -> Iterator[CheckFinding]:
        """Yield the findings about a page, its items and its jumps."""
        spot = Spot(page.code)
        if place not in self.reached and page.items:
            message = _("Page “%(page)s” can never be reached: jumps lead over it for everybody.", page=page.code)
            yield warning(message, spot)
        if page.show_if is not None:
            yield from condition_findings(_of_page(page, spot), self.earlier)
        is_sure = page.show_if is None and place >= self.furthest
        yield from self._items(page, is_sure=is_sure)
        ways: list[_Way] = []
        for number, jump in enumerate(page.jumps):
            yield from self._jump(place, page, number, ways)
            # A jump that leads nowhere new leaves people on their way to the next page.
            ways.append(_Way(max(self.places.get(jump.to, 0), place + 1), self._always(jump)))
        self._leave(place, page, ways)

    def _items(self, page: Page, *, is_sure: bool) -> Iterator[CheckFinding]:
        sure: dict[str, Asked] = {}
        here: set[str] = set()
        for item in page.items:
            if item.show_if is not None:
                yield from condition_findings(_of_item(page, item), self.earlier)
            if answers_of(item.show_if) & here:
                yield _asked_on_the_page(page, item)
            gates = tuple(tree for tree in (page.show_if, item.show_if) if tree is not None)
            gates = () if item.type is ItemType.HIDDEN else gates
            self.earlier.add(item, Asked(item, gates=gates))
            asked = Asked(item, item.is_by_chance or (is_sure and _is_always_answered(item)), gates)
            sure |= dict.fromkeys(item.measure_codes, asked)
            here |= set() if item.type is ItemType.HIDDEN else set(item.measure_codes)
        self.earlier.settle(sure)

    def _jump(self, place: int, page: Page, number: int, ways: list[_Way]) -> Iterator[CheckFinding]:
        jump, spot = page.jumps[number], Spot(page.code)
        fix = Fix(Repair.DROP_JUMP, str(number))
        to = self.places.get(jump.to)
        if to is None:
            message = _("Page “%(page)s” jumps to “%(to)s”, a page that does not exist.", page=page.code, to=jump.to)
            yield error(message, spot, fix)
        elif to <= place:
            yield error(_backwards(page, jump, is_same=to == place), spot, fix)
        elif any(way.is_sure for way in ways):
            message = _("Page “%(page)s”: a jump before always leads away, so this one is never taken.", page=page.code)
            yield warning(message, spot, fix)
        # Behind the last page both ways out stand at the same place, and being screened out is no thanks.
        elif to == place + 1 and number == len(page.jumps) - 1 and jump.to != SCREEN_OUT:
            message = _("Page “%(page)s” jumps to the next page, which follows anyway.", page=page.code)
            yield hint(message, spot, fix)
        if jump.when is not None:
            never = _("Page “%(page)s”: its jump to “%(to)s” is never taken.", page=page.code, to=jump.to)
            yield from condition_findings(Placed(jump.when, spot, fix, never), self.earlier)

    def _always(self, jump: Jump) -> bool:
        """Return whether a jump is taken by everybody who leaves the page."""
        if jump.when is None:
            return True
        if not answers_of(jump.when) <= self.earlier.asked.keys():
            return False
        return verdict(jump.when, self.earlier.asked) is Verdict.ALWAYS

    def _leave(self, place: int, page: Page, ways: list[_Way]) -> None:
        if place not in self.reached:
            return
        self.reached |= {way.place for way in ways}
        self.furthest = max([self.furthest, *(way.place for way in ways)])
        if page.show_if is not None or not any(way.is_sure for way in ways):
            self.reached.add(place + 1)


def _of_page(page: Page, spot: Spot) -> Placed:
    return Placed(
        page.show_if or {},
        spot,
        Fix(Repair.DROP_CONDITION),
        never=_("Page “%(page)s” is shown to nobody: its condition can never hold.", page=page.code),
        always=_("The condition of page “%(page)s” always holds, so it decides nothing.", page=page.code),
    )


def _of_item(page: Page, item: Item) -> Placed:
    tree: Tree = item.show_if or {}
    return Placed(
        tree,
        Spot(page.code, item.code),
        Fix(Repair.DROP_CONDITION),
        never=_("“%(code)s” is asked of nobody: its condition can never hold.", code=item.code),
        always=_("The condition of “%(code)s” always holds, so it decides nothing.", code=item.code),
        outer=(page.show_if,),
    )


def _asked_on_the_page(page: Page, item: Item) -> CheckFinding:
    message = _(
        "“%(code)s” depends on an answer on the same page, so the page is shown a second time with it. "
        "A page of its own is smoother.",
        code=item.code,
    )
    return warning(message, Spot(page.code, item.code))


def _backwards(page: Page, jump: Jump, *, is_same: bool) -> str:
    if is_same:
        return _("Page “%(page)s” jumps to itself, so nobody could leave it.", page=page.code)
    return _(
        "Page “%(page)s” jumps back to “%(to)s”: people would go round in a circle. Jumps lead forward only.",
        page=page.code,
        to=jump.to,
    )


def _is_always_answered(item: Item) -> bool:
    """Return whether everybody who passes the item has answered it with a value."""
    may_pass = item.allows_not_applicable or item.allows_dont_know or item.type in UNSURE_TYPES
    return item.is_required and item.show_if is None and not may_pass
