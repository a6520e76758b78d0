"""LimeSurvey's groups as pages."""

from __future__ import annotations

from collections import Counter

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType
from survey_app.questionnaires.interchange.codes import Codes
from survey_app.questionnaires.interchange.drafts import DraftItem, DraftPage
from survey_app.questionnaires.interchange.limesurvey.conditions import add_conditions, equation
from survey_app.questionnaires.interchange.limesurvey.filters import add_filters
from survey_app.questionnaires.interchange.limesurvey.questions import convert
from survey_app.questionnaires.interchange.limesurvey.reading import Reading
from survey_app.questionnaires.interchange.limesurvey.shuffling import runs_of, sizes_of_random_groups
from survey_app.questionnaires.interchange.limesurvey.survey import Group, Raw
from survey_app.questionnaires.interchange.limesurvey.tables import by_key


def read_pages(reading: Reading) -> list[DraftPage]:
    """Return a page per group that holds anything."""
    for question in reading.survey.questions():
        reading.drafts[question.qid] = convert(reading, question)
    # Conditions may name questions of any group, so that all must be known before.
    rows = dict(by_key(reading.survey.tables.of("conditions"), "qid"))
    for question in reading.survey.questions():
        add_conditions(reading, question, rows.pop(question.qid, []))
    add_filters(reading)
    _lose_rest(reading, rows)
    codes, sizes = Codes(), sizes_of_random_groups(reading)
    pages = [page for group in reading.survey.groups for page in _pages(reading, group, codes, sizes)]
    return [page for page in pages if page.items]


def _pages(reading: Reading, group: Group, codes: Codes, sizes: Counter[str]) -> list[DraftPage]:
    """Return the page of a group; more than one where some of its questions change places."""
    name = _name(group.names) or f"group {group.gid}"
    title = reading.title(group.names, f"group {group.gid}")
    wanted = equation(reading, f"group {group.gid} relevance", group.row.get("grelevance", ""))
    first = _description(reading, group)
    pages = []
    for run in runs_of(reading, group, sizes):
        items = [draft for question in run.questions for draft in reading.drafts[question.qid]]
        if run.random_group and first:
            # What a group says of itself stays before what is shuffled.
            pages.append(DraftPage(codes.take(name, "page"), title, first, wanted))
            first = []
        page = DraftPage(codes.take(name, "page"), title, [*first, *items], wanted)
        page.is_shuffled = bool(run.random_group)
        pages.append(page)
        first = []
    found = [page for page in pages if page.items]
    if found:
        reading.ledger.kept("page", name)
        return found
    reading.ledger.lost("page", name, _("It holds no question that is taken over."))
    for each in wanted:
        reading.ledger.lost("condition", each.names[0], each.loss(_("Its page is left out.")))
    return []


def _name(names: Raw) -> str:
    return next(iter(names.values()), "")


def _description(reading: Reading, group: Group) -> list[DraftItem]:
    """Return what a group says about itself as a text at the top of its page."""
    text = reading.texts(group.descriptions, f"group {group.gid} description")
    if not text:
        return []
    reading.ledger.changed("group description", group.gid, _("It becomes a text at the top of the page."))
    code = reading.codes.take(f"group_{group.gid}_text", "text")
    return [DraftItem(Item(code=code, type=ItemType.STATEMENT, text=text), f"group {group.gid}")]


def _lose_rest(reading: Reading, rest: dict[str, list[dict[str, str]]]) -> None:
    for qid, rows in rest.items():
        for number, row in enumerate(rows, start=1):
            name = f"question {qid} condition {row.get('cid') or number}"
            reading.ledger.lost("condition", name, _("Its question is not in the file."))
