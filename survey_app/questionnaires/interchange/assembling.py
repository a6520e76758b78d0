"""Puts drafts together: what the document cannot hold is cut into pieces or lost by name, conditions are settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _

from survey_app.conditions.rules import FieldKind, check, fields_of
from survey_app.questionnaires.definition import END, SCREEN_OUT, Item, ItemType, Jump, Page, Questionnaire, Quota
from survey_app.questionnaires.document import Part
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.interchange.drafts import Draft, DraftItem, DraftPage, Verdicts, Wanted
from survey_app.questionnaires.interchange.sizes import within_bounds
from survey_app.questionnaires.parsing import LARGEST_LIMIT, MOST_JUMPS, MOST_QUOTAS
from survey_app.questionnaires.routing import ANSWER, answer_kinds, read_condition

Kinds = Mapping[str, FieldKind]


def assembled(draft: Draft, ledger: Ledger) -> Questionnaire:
    """Return the questionnaire; every condition, jump and quota of the draft is entered as kept, changed or lost."""
    settling = _Settling(within_bounds(draft.pages, ledger), ledger)
    pages = tuple(settling.page(index) for index in range(len(settling.pages)))
    quotas = tuple(settling.quotas(draft))
    settling.verdicts.enter(ledger)
    return replace(draft.shell, pages=pages, quotas=quotas)


@dataclass(slots=True)
class _Settling:
    pages: list[DraftPage]
    ledger: Ledger
    verdicts: Verdicts = field(default_factory=Verdicts)
    known: dict[str, FieldKind] = field(default_factory=dict)
    places: dict[str, int] = field(init=False)
    later: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.places = {page.code: index for index, page in enumerate(self.pages)}
        every = [each.item for page in self.pages for each in page.items]
        self.later = frozenset(answer_kinds(every))

    def page(self, index: int) -> Page:
        draft = self.pages[index]
        show_if = _deciding(self.condition(draft.conditions))
        items = tuple(self.item(each) for each in draft.items)
        return Page(
            code=draft.code,
            items=items,
            title=draft.title,
            show_if=show_if,
            jumps=tuple(self.jumps(draft, index)),
            is_shuffled=draft.is_shuffled and len(items) > 1,
        )

    def item(self, draft: DraftItem) -> Item:
        if draft.item.type is ItemType.HIDDEN:
            for wanted in draft.conditions:
                self.verdicts.note(
                    wanted, _("Hidden values have no conditions: they come from the link or the record.")
                )
        is_asked = draft.item.type is not ItemType.HIDDEN
        item = replace(draft.item, show_if=_deciding(self.condition(draft.conditions)) if is_asked else None)
        self.known |= answer_kinds([item])
        return item

    def condition(self, wanted: tuple[Wanted, ...]) -> dict[str, Any] | None:
        """Return all conditions that can be said as one, and note what became of each."""
        fit = [each for each in wanted if self._is_fit(each)]
        trees = [each.tree for each in fit if each.tree is not None]
        whole = joined("all", trees) if trees else None
        problem = _size_problem(whole) if whole else ""
        for each in fit:
            self.verdicts.note(each, problem)
        return None if problem else whole

    def jumps(self, draft: DraftPage, index: int) -> list[Jump]:
        found: list[Jump] = []
        for each in draft.jumps:
            problem = self._jump_problem(each.to, len(found), index)
            problem = problem or next(filter(None, (self.problem(wanted) for wanted in each.when)), "")
            when = None if problem else self.condition(each.when)
            if problem:
                for wanted in each.when:
                    self.verdicts.note(wanted, problem)
            elif when is not None or not each.when:
                found.append(Jump(when, each.to))
        return found

    def quotas(self, draft: Draft) -> list[Quota]:
        found: list[Quota] = []
        for each in draft.quotas:
            problem = self.problem(each.when) or _quota_problem(len(found), each.limit)
            if problem or each.when.tree is None:
                self.ledger.lost("quota", each.name, problem)
                continue
            found.append(Quota(each.code, each.when.tree, each.limit))
            if each.when.note:
                self.ledger.changed("quota", each.name, each.when.note)
            else:
                self.ledger.kept("quota", each.name)
        return found

    def problem(self, wanted: Wanted) -> str:
        """Return why a condition cannot be used at this point, or nothing."""
        tree = wanted.tree
        if tree is None:
            return wanted.problem or _("It cannot be said as a condition of ours.")
        named = fields_of(tree)
        unmet = sorted(each for each in named if each.startswith(ANSWER) and each not in self.known)
        if late := [each.removeprefix(ANSWER) for each in unmet if each in self.later]:
            return _("It looks at “%(codes)s”, which is answered later.", codes=", ".join(late))
        if gone := [each.removeprefix(ANSWER) for each in unmet]:
            return _("It looks at “%(codes)s”, which is not taken over.", codes=", ".join(gone))
        problems = check(tree, {name: self.known.get(name, FieldKind.TEXT) for name in named})
        return problems[0].message if problems else _size_problem(tree)

    def _is_fit(self, wanted: Wanted) -> bool:
        problem = self.problem(wanted)
        if problem:
            self.verdicts.note(wanted, problem)
        return not problem

    def _jump_problem(self, to: str, number: int, index: int) -> str:
        if to not in {END, SCREEN_OUT} and self.places.get(to, -1) <= index:
            return _("It leads to a place that is not further on.")
        return _("A page has at most %(n)s jumps.", n=MOST_JUMPS) if number >= MOST_JUMPS else ""


def _deciding(tree: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a condition, or None for one that always holds."""
    return None if tree == {"all": []} else tree


def joined(word: str, trees: list[dict[str, Any]]) -> dict[str, Any]:
    """Return trees as one group, without groups of the same word inside, and one tree as it is."""
    parts = [part for tree in trees for part in (tree[word] if set(tree) == {word} else [tree])]
    return parts[0] if len(parts) == 1 else {word: parts}


def _size_problem(tree: dict[str, Any]) -> str:
    part = Part(data={"show_if": tree}, path="", languages=(), findings=[])
    read_condition(part)
    return part.findings[0].message if part.findings else ""


def _quota_problem(n_quotas: int, limit: int) -> str:
    if n_quotas >= MOST_QUOTAS:
        return _("A questionnaire has at most %(n)s quotas.", n=MOST_QUOTAS)
    if not 0 <= limit <= LARGEST_LIMIT:
        return _("Its limit is no number from 0 to %(n)s.", n=LARGEST_LIMIT)
    return ""
