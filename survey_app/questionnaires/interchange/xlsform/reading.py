"""The survey sheet of an XLSForm as pages: a group is a page, what stands between groups too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _

from survey_app.conditions.rules import fields_of
from survey_app.questionnaires.definition import CHOICES, Item, ItemType
from survey_app.questionnaires.interchange.codes import Codes
from survey_app.questionnaires.interchange.drafts import DraftItem, DraftPage, Wanted
from survey_app.questionnaires.interchange.xlsform.columns import Line
from survey_app.questionnaires.interchange.xlsform.conditions import wanted
from survey_app.questionnaires.interchange.xlsform.form import Form
from survey_app.questionnaires.interchange.xlsform.properties import enter_lost, enter_unsaid, with_properties
from survey_app.questionnaires.interchange.xlsform.questions import question
from survey_app.questionnaires.interchange.xlsform.types import (
    END,
    GROUP,
    METADATA,
    RECORDED,
    REPEAT,
    RowType,
    row_type,
)
from survey_app.questionnaires.parsing import LONGEST_TITLE

MOST_ROWS = 5000
MOST_READ = 600
MOST_OPTIONS = 30_000
BEHIND_OPTION = re.compile(r"selected\(\$\{([\w.-]+)\}, '([\w.-]+)'\)")
# Loose questions beyond so many begin a page of their own.
LONG_PAGE = 12


@dataclass(slots=True)
class Group:
    """An open group: the conditions that hold for what stands inside."""

    name: str
    conditions: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Reading:
    """One survey sheet on its way."""

    form: Form
    pages: list[DraftPage] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    waiting: list[tuple[DraftItem, tuple[tuple[str, str], ...]]] = field(default_factory=list)
    codes: Codes = field(default_factory=Codes)
    is_loose: bool = False
    n_options: int = 0

    def line(self, line: Line) -> None:
        """Read one row."""
        kind = row_type(line.get("type"))
        if not line.get("type"):
            self.form.ledger.lost("row", str(line.number), _("It has no type."))
        elif kind.name == END:
            self._end()
        elif kind.name in {GROUP, REPEAT}:
            self._begin(line, kind)
        elif kind.native in METADATA:
            self._metadata(line, kind)
        else:
            self._question(line, kind)

    def settle(self) -> None:
        """Read every expression now that all names are known, then begin a page wherever one needs it."""
        for draft, expressions in self.waiting:
            draft.conditions = tuple(wanted(name, source, self.form.names) for name, source in expressions)
        self.pages = [piece for page in self.pages for piece in self._pieces(page)]

    def _begin(self, line: Line, kind: RowType) -> None:
        name = line.get("name") or f"group{line.number}"
        title = self.form.texts(line, "label", name, LONGEST_TITLE)
        if kind.name == REPEAT:
            self.form.ledger.lost("repeat", name, _("Nothing repeats here: its questions are asked once."))
        else:
            self.form.ledger.kept("group", name)
        enter_unsaid(line, self.form)
        own = ((f"{name}.relevant", line.get("relevant")),) if line.get("relevant") else ()
        outer = self.groups[-1].conditions if self.groups else ()
        is_top = not self.groups
        self.groups.append(Group(name, (*outer, *own)))
        if is_top:
            self.pages.append(DraftPage(self.codes.take(name, "page"), title))
            self.is_loose = False
        elif title:
            code = self.form.codes.take(f"{name}_text", "text")
            self._add(Item(code=code, type=ItemType.STATEMENT, text=title), name, ())

    def _end(self) -> None:
        if not self.groups:
            self.form.ledger.lost("row", END, _("It ends a group that was never begun."))
            return
        self.groups.pop()

    def _metadata(self, line: Line, kind: RowType) -> None:
        name = f"{line.get('name')} ({kind.native})"
        if kind.native in RECORDED:
            self.form.ledger.changed("metadata", name, _("Times are recorded with every response anyway."))
        else:
            self.form.ledger.lost("metadata", name, _("Nothing about the device is recorded."))

    def _question(self, line: Line, kind: RowType) -> None:
        if kind.has_other:
            self.form.ledger.kept("other option", f"{line.get('name')}.or_other")
        if kind.name == "text" and self._is_behind_option(line):
            return
        item = question(line, kind, self.form) if self._has_room(line, kind) else None
        if item is None:
            enter_lost(line, self.form)
            return
        name = line.get("name") or str(line.number)
        own = ((f"{name}.relevant", line.get("relevant")),) if line.get("relevant") else ()
        self._add(with_properties(item, line, self.form), name, own)

    def _is_behind_option(self, line: Line) -> bool:
        """Take a text that repeats an option's words, and follows it, as what people write behind that option."""
        found = BEHIND_OPTION.fullmatch(line.get("relevant"))
        draft = self.waiting[-1][0] if self.waiting and found else None
        if draft is None or not found or draft.name != found[1] or line.get("required"):
            return False
        said = self.form.texts(line, "label", line.get("name"))
        same = [each for each in draft.item.options if each.code == found[2] and each.text == said]
        if not same or draft.item.type not in CHOICES:
            return False
        named = (replace(each, is_other=each.is_other or each in same) for each in draft.item.options)
        draft.item = replace(draft.item, options=tuple(named))
        message = _("It is what people write behind the option “%(option)s”.", option=found[2])
        self.form.ledger.changed("question", f"{line.get('name')} (text)", message)
        self.form.ledger.kept("condition", f"{line.get('name')}.relevant")
        return True

    def _has_room(self, line: Line, kind: RowType) -> bool:
        """Return whether another question can be read: long lists of options may stand behind many short rows."""
        if self.n_options <= MOST_OPTIONS and len(self.waiting) <= MOST_READ:
            self.n_options += len(self.form.choices.get(kind.choices, ()))
            return True
        label = f"{line.get('name') or line.number} ({kind.native})"
        self.form.ledger.lost("question", label, _("It asks more than a questionnaire can hold."))
        return False

    def _add(self, item: Item, name: str, own: tuple[tuple[str, str], ...]) -> None:
        draft = DraftItem(item, name)
        outer = self.groups[-1].conditions if self.groups else ()
        self.waiting.append((draft, (*outer, *own)))
        self._page().items.append(draft)

    def _page(self) -> DraftPage:
        """Return the page that takes the next item: the open group's, else one for what stands between groups."""
        if not self.groups and (not self.is_loose or len(self.pages[-1].items) >= LONG_PAGE):
            self.pages.append(DraftPage(self.codes.take(f"page{len(self.pages) + 1}", "page")))
            self.is_loose = True
        return self.pages[-1]

    def _pieces(self, page: DraftPage) -> Iterator[DraftPage]:
        """Yield a page as pages none of which asks what another of its own items depends on."""
        piece = DraftPage(page.code, page.title)
        here: set[str] = set()
        for draft in page.items:
            if here & set(_looked_at(draft.conditions)):
                yield piece
                piece, here = DraftPage(self.codes.take(page.code, "page")), set()
            piece.items.append(draft)
            here |= {f"answer.{code}" for code in draft.item.measure_codes}
        if piece.items:
            yield piece


def _looked_at(conditions: tuple[Wanted, ...]) -> Iterator[str]:
    for each in conditions:
        if each.tree is not None:
            yield from fields_of(each.tree)
