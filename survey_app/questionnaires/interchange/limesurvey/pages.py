"""LimeSurvey's groups as pages."""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType
from survey_app.questionnaires.interchange.codes import Codes
from survey_app.questionnaires.interchange.drafts import DraftItem, DraftPage
from survey_app.questionnaires.interchange.limesurvey.conditions import add_conditions, equation
from survey_app.questionnaires.interchange.limesurvey.filters import add_filters
from survey_app.questionnaires.interchange.limesurvey.questions import convert
from survey_app.questionnaires.interchange.limesurvey.reading import Reading
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
    codes = Codes()
    pages = [_page(reading, group, codes) for group in reading.survey.groups]
    return [page for page in pages if page.items]


def _page(reading: Reading, group: Group, codes: Codes) -> DraftPage:
    name = _name(group.names) or f"group {group.gid}"
    items = [draft for question in group.questions for draft in reading.drafts[question.qid]]
    page = DraftPage(
        code=codes.take(name, "page"),
        title=reading.title(group.names, f"group {group.gid}"),
        items=[*_description(reading, group), *items],
        is_shuffled=_is_shuffled(reading, group),
    )
    wanted = equation(reading, f"group {group.gid} relevance", group.row.get("grelevance", ""))
    if not page.items:
        reading.ledger.lost("page", name, _("It holds no question that is taken over."))
        for each in wanted:
            reading.ledger.lost("condition", each.names[0], each.loss(_("Its page is left out.")))
        return page
    page.conditions = wanted
    reading.ledger.kept("page", name)
    return page


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


def _is_shuffled(reading: Reading, group: Group) -> bool:
    """Return whether a page's questions take each other's places; enter every random group that its questions name."""
    if group.row.get("randomization_group"):
        message = _("Pages keep their order; only questions on a page can be shuffled.")
        reading.ledger.lost("randomisation", f"group {group.gid} randomization_group", message)
    named = [(each, each.attribute("random_group")) for each in group.questions if each.attribute("random_group")]
    if not named:
        return False
    names = {name for _each, name in named}
    everywhere = [each for each in reading.survey.questions() if each.attribute("random_group") in names]
    is_whole = len(names) == 1 and len(named) == len(group.questions) == len(everywhere) and not group.descriptions
    for question, name in named:
        place = f"{question.code} random_group {name}"
        if is_whole:
            reading.ledger.kept("randomisation", place)
        else:
            message = _("Questions swap places only with all others of their page; they keep their order.")
            reading.ledger.lost("randomisation", place, message)
    return is_whole


def _lose_rest(reading: Reading, rest: dict[str, list[dict[str, str]]]) -> None:
    for qid, rows in rest.items():
        for number, row in enumerate(rows, start=1):
            name = f"question {qid} condition {row.get('cid') or number}"
            reading.ledger.lost("condition", name, _("Its question is not in the file."))
