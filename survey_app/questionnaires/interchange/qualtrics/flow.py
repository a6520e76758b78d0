"""Qualtrics' survey flow as an order of pages with conditions: blocks, branches, ends, embedded fields."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import END, SCREEN_OUT
from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.codes import Codes
from survey_app.questionnaires.interchange.drafts import DraftItem, DraftJump, DraftPage, Wanted
from survey_app.questionnaires.interchange.qualtrics.blocks import BEHIND, QUESTION, enter_block, pages_of
from survey_app.questionnaires.interchange.qualtrics.logic import wanted
from survey_app.questionnaires.interchange.qualtrics.reading import Reading
from survey_app.questionnaires.interchange.qualtrics.survey import Data, mapping, sequence, text

Context = tuple[Wanted, ...]


@dataclass(slots=True)
class Walk:
    """The way through the flow: the pages so far, and where questions and blocks stand among them."""

    reading: Reading
    drafts: dict[str, list[DraftItem]]
    codes: Codes = field(default_factory=Codes)
    pages: list[DraftPage] = field(default_factory=list)
    # The index of the page that begins with a question, or that follows a block.
    places: dict[str, int] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    branches: list[Wanted] = field(default_factory=list)

    def elements(self, flow: list[Any], context: Context) -> None:
        """Take in the elements of a flow, one after another."""
        for each in flow:
            element = mapping(each)
            kind = text(element.get("Type")) or "?"
            take = _TAKERS.get(kind, _unknown)
            take(self, element, context)

    def block(self, id_: str, context: Context) -> None:
        """Add the pages of a block."""
        block = self.reading.survey.blocks[id_]
        self.done.add(id_)
        found = list(pages_of(self.reading, block, self.drafts, self.codes))
        for page, first in found:
            page.conditions = context
            if first:
                self.places[QUESTION + first] = len(self.pages)
            self.pages.append(page)
            if page.items:
                self.used |= {name for each in context for name in each.names}
        self.places[BEHIND + id_] = len(self.pages)
        enter_block(self.reading, block, len(found))

    def end(self, context: Context, to: str) -> None:
        """Let the way lead out here where the context holds.

        The page before may say it where everybody who comes by here comes by there; else a page of its own, without
        items, is where ways part.
        """
        self.used |= {name for each in context for name in each.names}
        before = self.pages[-1] if self.pages else None
        is_common = before is not None and before.items and all(each in context[:-1] for each in before.conditions)
        is_passed_over = any(jump.to.startswith(BEHIND) for page in self.pages for jump in page.jumps)
        if before is None or not is_common or is_passed_over:
            before = DraftPage(self.codes.take("way_out", "page"))
            self.pages.append(before)
        before.jumps.append(DraftJump(context, to))


def _block(walk: Walk, element: Data, context: Context) -> None:
    id_ = text(element.get("ID"))
    name = f"{text(element.get('Type'))} {id_}"
    if id_ not in walk.reading.survey.blocks:
        walk.reading.ledger.lost("flow", name, _("This block is not in the file."))
    elif id_ in walk.done:
        walk.reading.ledger.lost("flow", name, _("This block stands at an earlier place; each is asked once."))
    else:
        walk.reading.ledger.kept("flow", name)
        walk.block(id_, context)


def _branch(walk: Walk, element: Data, context: Context) -> None:
    name = text(element.get("FlowID")) or "?"
    own = wanted(walk.reading, f"{name} branch", element.get("BranchLogic"), _("Everybody comes by now."))
    if own and own[0].tree is None:
        walk.reading.ledger.lost("flow", f"Branch {name}", own[0].loss())
    else:
        walk.reading.ledger.kept("flow", f"Branch {name}", _("It becomes the condition of its pages."))
    walk.branches += own
    walk.elements(sequence(element.get("Flow")), (*context, *own))


def _group(walk: Walk, element: Data, context: Context) -> None:
    kind = text(element.get("Type"))
    name = f"{kind} {text(element.get('Description')) or text(element.get('FlowID'))}"
    if kind == "Group":
        walk.reading.ledger.changed("flow", name, _("What stands in the group is asked in its place."))
    else:
        walk.reading.ledger.lost("flow", name, _("Nobody has to sign in: personal links do that."))
    walk.elements(sequence(element.get("Flow")), context)


def _randomizer(walk: Walk, element: Data, context: Context) -> None:
    name = f"{text(element.get('Type'))} {text(element.get('FlowID'))}"
    number = text(element.get("SubSet")) or _("all")
    message = _(
        "Pages keep their order, and all %(n)s parts are asked instead of %(some)s.",
        n=len(sequence(element.get("Flow"))),
        some=number,
    )
    walk.reading.ledger.lost("flow", name, message)
    walk.reading.ledger.lost("randomisation", name, message)
    walk.elements(sequence(element.get("Flow")), context)


def _embedded(walk: Walk, element: Data, _context: Context) -> None:
    walk.reading.ledger.changed(
        "flow", f"EmbeddedData {text(element.get('FlowID'))}", _("Its fields become hidden values.")
    )
    for each in sequence(element.get("EmbeddedData")):
        one = mapping(each)
        name, value = text(one.get("Field")) or "?", text(one.get("Value"))
        target = walk.reading.field(name)
        if value:
            message = _(
                "Its value “%(value)s” is not set on the way; the link gives it (?%(code)s=…).",
                value=brief(value, 100),
                code=target.code,
            )
            walk.reading.ledger.changed("hidden value", name, message)
        else:
            walk.reading.ledger.kept("hidden value", name)


def _end(walk: Walk, element: Data, context: Context) -> None:
    options = mapping(element.get("Options"))
    flags = {text(options.get(key)).lower() for key in ("ResponseFlag", "ScreenOut", "SurveyTermination")}
    is_out = bool(flags & {"screened", "screenedout", "yes", "true", "disqualify"})
    walk.reading.ledger.kept("flow", f"EndSurvey {text(element.get('FlowID'))}")
    if text(options.get("EOSMessage")) or text(options.get("EOSRedirectURL")):
        message = _("Its own message or address is not taken over; write the thanks.")
        walk.reading.ledger.lost("setting", f"EndSurvey {text(element.get('FlowID'))}", message)
    if any(each.tree is None for each in context):
        # Whether to end cannot be decided: going on loses nobody's answers.
        return
    walk.end(context, SCREEN_OUT if is_out else END)


def _unknown(walk: Walk, element: Data, context: Context) -> None:
    kind, name = text(element.get("Type")) or "?", text(element.get("FlowID"))
    words = {
        "WebService": _("No other system is asked on the way."),
        "Quota": _("Quotas are counted at every Continue, wherever they stand."),
        "QuotaCheck": _("Quotas are counted at every Continue, wherever they stand."),
        "TableOfContents": _("Pages are met in their order."),
        "ReferenceSurvey": _("Blocks of other surveys are not in the file."),
        "SupplementalData": _("Tables beside the survey are not known."),
    }
    walk.reading.ledger.lost("flow", f"{kind} {name}", words.get(kind, _("This part of the flow is not known.")))
    walk.elements(sequence(element.get("Flow")), context)


_TAKERS = {
    "Block": _block,
    "Standard": _block,
    "Default": _block,
    "Branch": _branch,
    "Group": _group,
    "Authenticator": _group,
    "BlockRandomizer": _randomizer,
    "Randomizer": _randomizer,
    "EmbeddedData": _embedded,
    "EndSurvey": _end,
}


def read_flow(reading: Reading, drafts: dict[str, list[DraftItem]]) -> list[DraftPage]:
    """Return the pages in the order of the flow; blocks that it leaves out are entered as lost."""
    walk = Walk(reading, drafts)
    if reading.survey.flow is None:
        walk.elements([{"Type": "Block", "ID": id_} for id_ in reading.survey.blocks], ())
    else:
        walk.elements(reading.survey.flow, ())
    _lose_unreached(walk)
    for branch in walk.branches:
        if not set(branch.names) & walk.used:
            reason = _("Nothing that is taken over depends on it.")
            reading.ledger.lost("condition", branch.names[0], branch.loss(reason))
    return _settled(walk)


def _lose_unreached(walk: Walk) -> None:
    for id_, block in walk.reading.survey.blocks.items():
        if id_ not in walk.done:
            walk.reading.ledger.lost("page", block.name, _("The survey flow leaves this block out."))


def _settled(walk: Walk) -> list[DraftPage]:
    """Return the pages that hold anything, with jumps that lead to pages instead of blocks and questions."""
    _drop_last_ends(walk.pages)
    fields = list(walk.reading.fields.values())
    full = [index for index, page in enumerate(walk.pages) if page.items or page.jumps]
    for index in full:
        for jump in walk.pages[index].jumps:
            if jump.to.startswith((BEHIND, QUESTION)):
                place = walk.places.get(jump.to)
                if place is not None:
                    later = bisect_left(full, place)
                    jump.to = walk.pages[full[later]].code if later < len(full) else END
    pages = [walk.pages[index] for index in full]
    if fields:
        pages.insert(0, DraftPage(walk.codes.take("hidden_values", "page"), items=fields))
    return pages


def _drop_last_ends(pages: list[DraftPage]) -> None:
    """Drop ends behind which nothing stands: the survey ends there anyway."""
    while pages and not pages[-1].items and all(not each.when and each.to == END for each in pages[-1].jumps):
        pages.pop()
    if pages:
        last = pages[-1]
        last.jumps = [each for each in last.jumps if each.when or each.to != END]
