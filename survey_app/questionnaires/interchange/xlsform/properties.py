"""What a row of an XLSForm says beside its question: required, constraint, defaults, looks, media; each is entered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from flask_babel import gettext as _

from survey_app.questionnaires.definition import UNASKED, Item
from survey_app.questionnaires.interchange.xlsform.chance import groups_in
from survey_app.questionnaires.interchange.xlsform.columns import MEDIA, YES, Line, only_read
from survey_app.questionnaires.interchange.xlsform.constraints import checked
from survey_app.questionnaires.interchange.xlsform.form import Form
from survey_app.questionnaires.interchange.xlsform.questions import parameters

NO = frozenset({"no", "false", "false()", "0", "n", "f"})
# What nothing of ours says, and the kind of thing that a report calls it.
UNSAID = {
    "choice_filter": "condition",
    "calculation": "condition",
    "trigger": "condition",
    "repeat_count": "condition",
    "default": "default",
    "readonly": "setting",
    "guidance_hint": "hint",
    "constraint_message": "text",
    "required_message": "text",
    "autoplay": "setting",
    "save_to": "setting",
    "rows": "setting",
}
# The columns that are read, each where it matters.
COLUMNS = frozenset(
    {"type", "name", "label", "hint", "relevant", "constraint", "required", "appearance", "parameters", *UNSAID}
)
KEPT_LOOKS = frozenset({"multiline", "label", "likert"})


def with_properties(item: Item, line: Line, form: Form) -> Item:
    """Return an item with what its row says of it."""
    item = _required(item, line, form)
    item = _constrained(item, line, form)
    _parameters(item, line, form)
    enter_unsaid(line, form)
    return item


def enter_unsaid(line: Line, form: Form) -> None:
    """Enter what a row has that nothing of ours says."""
    name = line.get("name") or str(line.number)
    _enter_unsaid_columns(line, name, form)
    for media in MEDIA:
        n_media = len(line.texts(f"media::{media}"))
        form.ledger.lost("media", f"{name}.{media}", _("Pictures, sounds and videos are not taken over."), n_media)
    looks = line.get("appearance").split()
    if looks and set(looks) <= KEPT_LOOKS:
        form.ledger.kept("appearance", f"{name}.appearance")
    elif looks:
        form.ledger.lost("appearance", f"{name}.appearance", _("Items look here as they do for everybody."))


def _enter_unsaid_columns(line: Line, name: str, form: Form) -> None:
    for column, kind in UNSAID.items():
        if column == "readonly" and only_read(line):
            form.ledger.changed(kind, f"{name}.{column}", _("It is a text without a question."))
        elif column == "calculation" and groups_in(line.get(column)):
            form.ledger.kept(kind, f"{name}.{column}")
        elif line.texts(column):
            said = f" [{next(iter(line.texts(column).values()))[:200]}]" if kind == "condition" else ""
            form.ledger.lost(kind, f"{name}.{column}", _unsaid(column) + said)


def enter_lost(line: Line, form: Form) -> None:
    """Enter the conditions and properties of a row whose question is not taken over."""
    name = line.get("name") or str(line.number)
    message = _("Its question is not taken over.")
    for column in ("relevant", "constraint"):
        if line.get(column):
            form.ledger.lost("condition", f"{name}.{column}", message)
    if line.get("required") and line.get("required").lower() not in NO:
        form.ledger.lost("required", f"{name}.required", message)
    enter_unsaid(line, form)


def enter_columns(survey: Iterable[Line], form: Form) -> None:
    """Enter every column of the survey sheet that is none of the form's, with how many rows use it."""
    heads = Counter(head.name for line in survey for head in line.cells)
    for name, n_rows in heads.items():
        if name not in COLUMNS and not name.startswith("media::"):
            form.ledger.lost("column", name, _("This column is none of a form's; rows that use it: %(n)s.", n=n_rows))


def _unsaid(column: str) -> str:
    messages = {
        "choice_filter": _("All options of the list are offered: none depends on other answers here."),
        "calculation": _("Nothing is calculated from answers while they are given."),
        "default": _("Nothing is answered beforehand here."),
        "constraint_message": _("What is wrong with an answer is said in words of ours."),
        "required_message": _("What is wrong with an answer is said in words of ours."),
    }
    return messages.get(column, _("Nothing of ours says it."))


def _required(item: Item, line: Line, form: Form) -> Item:
    said = line.get("required").lower()
    name = f"{line.get('name')}.required"
    if not said or said in NO:
        return item
    if item.type in UNASKED:
        form.ledger.changed("required", name, _("It asks for no answer."))
        return item
    if said in YES or line.get("required") == line.get("relevant"):
        form.ledger.kept("required", name)
        return replace(item, is_required=True)
    message = _("It may be left out here: whether an answer is required does not depend on others.")
    form.ledger.lost("required", name, f"{message} [{line.get('required')[:200]}]")
    return item


def _constrained(item: Item, line: Line, form: Form) -> Item:
    constraint, name = line.get("constraint"), f"{line.get('name')}.constraint"
    if not constraint:
        return item
    found = checked(item, constraint)
    if found is None:
        form.ledger.lost("condition", name, _("Answers are not checked so here. [%(rule)s]", rule=constraint[:200]))
        return item
    if found.is_exact:
        form.ledger.kept("condition", name)
    else:
        form.ledger.changed("condition", name, _("The limits themselves are allowed, too."))
    return found.item


def _parameters(item: Item, line: Line, form: Form) -> None:
    for parameter in parameters(line):
        name = f"{line.get('name')}.{parameter}"
        if parameter == "randomize" and item.is_shuffled:
            form.ledger.kept("randomisation", name)
        elif parameter in {"start", "end", "step"}:
            form.ledger.kept("parameter", name)
        else:
            form.ledger.lost("parameter", name, _("Nothing of ours says it."))
