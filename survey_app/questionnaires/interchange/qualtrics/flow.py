"""Qualtrics' survey flow as an order of pages with conditions: blocks, branches, ends, embedded fields."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from flask_babel import gettext as _

from survey_app.questionnaires.definition import END, SCREEN_OUT
from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.codes import Codes
from survey_app.questionnaires.interchange.drafts import DraftItem, DraftJump, DraftPage, Wanted
from survey_app.questionnaires.interchange.qualtrics.blocks import BEHIND, QUESTION, enter_block, pages_of
from survey_app.questionnaires.interchange.qualtrics.chances import questions_drawn
from survey_app.questionnaires.interchange.qualtrics.givens import both, either
from survey_app.questionnaires.interchange.qualtrics.logic import wanted
from survey_app.questionnaires.interchange.qualtrics.quotas import full_quota
from survey_app.questionnaires.interchange.qualtrics.reading import Reading
from survey_app.questionnaires.interchange.qualtrics.steps import LAST, Step, every
from survey_app.questionnaires.interchange.qualtrics.survey import mapping, text
from survey_app.questionnaires.interchange.qualtrics.telling import enter_fields, enter_randomizer

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
    # How often blocks are still to come, and the contexts in which they stood before.
    n_left: Counter[str] = field(default_factory=Counter)
    waiting: dict[str, list[Context]] = field(default_factory=dict)

    def elements(self, steps: tuple[Step, ...], context: Context) -> None:
        """Take in the elements of a flow, one after another."""
        for step in steps:
            _TAKERS.get(step.kind, _unknown)(self, step, context)

    def block(self, step: Step, context: Context) -> None:
        """Add the pages of a block."""
        id_ = text(step.data.get("ID"))
        block = self.reading.survey.blocks[id_]
        self.done.add(id_)
        self.reading.place = step.place
        drawn = questions_drawn(self.reading, block)
        for qid, tree in drawn.items():
            for draft in self.drafts.get(qid, []):
                draft.conditions = (*draft.conditions, Wanted((), tree))
        found = list(pages_of(self.reading, block, self.drafts, self.codes))
        for page, first in found:
            page.conditions = context
            if first:
                self.places[QUESTION + first] = len(self.pages)
            self.pages.append(page)
            if page.items:
                self.used |= {name for each in context for name in each.names}
        self.places[BEHIND + id_] = len(self.pages)
        enter_block(self.reading, block, len(found), is_drawn=bool(drawn))

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


def _block(walk: Walk, step: Step, context: Context) -> None:
    id_ = text(step.data.get("ID"))
    name, ledger = f"{step.kind} {id_}", walk.reading.ledger
    if id_ not in walk.reading.survey.blocks:
        ledger.lost("flow", name, _("This block is not in the file."))
        return
    walk.n_left[id_] -= 1
    if id_ in walk.done:
        ledger.lost("flow", name, _("This block stands at an earlier place; each is asked once."))
    elif walk.n_left[id_] and _is_sayable(context):
        # Whoever comes by here or at a later place is asked there: most stand in branches that exclude each other.
        walk.waiting.setdefault(id_, []).append(context)
        ledger.changed("flow", name, _("It is asked at its last place, of everybody who comes by at any of them."))
    else:
        ledger.kept("flow", name)
        walk.block(step, _any_of([*walk.waiting.pop(id_, []), context]))


def _is_sayable(context: Context) -> bool:
    """Return whether a context leads past some people, and says which."""
    return bool(context) and all(each.tree is not None for each in context)


def _any_of(contexts: list[Context]) -> Context:
    if len(contexts) == 1 or not all(_is_sayable(each) for each in contexts):
        return contexts[-1]
    trees = [both(*(each.tree for each in context if each.tree is not None)) for context in contexts]
    parts = [each for context in contexts for each in context]
    names = tuple(dict.fromkeys(name for each in parts for name in each.names))
    note = next((each.note for each in parts if each.note), "")
    return (Wanted(names, either(*trees), note=note, source=parts[-1].source),)


def _branch(walk: Walk, step: Step, context: Context) -> None:
    name, ledger = text(step.data.get("FlowID")) or "?", walk.reading.ledger
    walk.reading.place = step.place
    if quota := full_quota(step):
        message = _("It ends the survey for those who come after the quota is full, as quotas of ours do.")
        ledger.changed("flow", f"Branch {name}", message)
        ledger.changed("condition", f"{name} branch", message)
        for part in step.parts:
            ledger.kept("flow", part.name, brief(quota))
        return
    own = wanted(walk.reading, f"{name} branch", step.data.get("BranchLogic"), _("Everybody comes by now."))
    if own and own[0].tree is None:
        ledger.lost("flow", f"Branch {name}", own[0].loss())
    else:
        ledger.kept("flow", f"Branch {name}", _("It becomes the condition of its pages."))
    walk.branches += own
    walk.elements(step.parts, (*context, *own))


def _group(walk: Walk, step: Step, context: Context) -> None:
    name = f"{step.kind} {text(step.data.get('Description')) or text(step.data.get('FlowID'))}"
    if step.kind == "Group":
        walk.reading.ledger.changed("flow", name, _("What stands in the group is asked in its place."))
    else:
        walk.reading.ledger.lost("flow", name, _("Nobody has to sign in: personal links do that."))
    walk.elements(step.parts, context)


def _randomizer(walk: Walk, step: Step, context: Context) -> None:
    enter_randomizer(walk.reading, step)
    chance = walk.reading.chances.get(step.place)
    for number, part in enumerate(step.parts):
        own = (Wanted((), chance.asks(number)),) if chance else ()
        walk.elements((part,), (*context, *own))


def _embedded(walk: Walk, step: Step, context: Context) -> None:
    enter_fields(walk.reading, step, is_sure=all(each.tree is not None for each in context))


def _end(walk: Walk, step: Step, context: Context) -> None:
    options = mapping(step.data.get("Options"))
    flags = {text(options.get(key)).lower() for key in ("ResponseFlag", "ScreenOut", "SurveyTermination")}
    is_out = bool(flags & {"screened", "screenedout", "yes", "true", "disqualify"})
    walk.reading.ledger.kept("flow", step.name)
    if text(options.get("EOSMessage")) or text(options.get("EOSRedirectURL")):
        message = _("Its own message or address is not taken over; write the thanks.")
        walk.reading.ledger.lost("setting", step.name, message)
    if any(each.tree is None for each in context):
        # Whether to end cannot be decided: going on loses nobody's answers.
        return
    walk.end(context, SCREEN_OUT if is_out else END)


def _unknown(walk: Walk, step: Step, context: Context) -> None:
    words = {
        "WebService": _("No other system is asked on the way."),
        "Quota": _("Quotas are counted at every Continue, wherever they stand."),
        "QuotaCheck": _("Quotas are counted at every Continue, wherever they stand."),
        "TableOfContents": _("Pages are met in their order."),
        "ReferenceSurvey": _("Blocks of other surveys are not in the file."),
        "SupplementalData": _("Tables beside the survey are not known."),
    }
    walk.reading.ledger.lost("flow", step.name, words.get(step.kind, _("This part of the flow is not known.")))
    walk.elements(step.parts, context)


_BLOCKS = frozenset({"Block", "Standard", "Default"})
_TAKERS = {
    **dict.fromkeys(_BLOCKS, _block),
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
    walk.n_left.update(text(step.data.get("ID")) for step in every(reading.steps) if step.kind in _BLOCKS)
    walk.elements(reading.steps, ())
    reading.place = LAST
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
