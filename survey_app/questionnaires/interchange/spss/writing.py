"""A questionnaire as SPSS syntax, to be run on the CSV of answers once that is open."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Questionnaire, text_in
from survey_app.questionnaires.interchange.accounting import Ledger
from survey_app.questionnaires.interchange.exporting import Exported
from survey_app.questionnaires.interchange.spss.syntax import (
    LONGEST_NAME,
    command,
    comment,
    is_name,
    quoted,
    value_labels,
)
from survey_app.questionnaires.interchange.spss.variables import REASONS, Variable, Variables, reason_labels

FORMAT = "spss"
TEXT = "A"


def write_spss(questionnaire: Questionnaire) -> Exported:
    """Return the syntax in the questionnaire's first language, with the report of what it does not label."""
    ledger = Ledger()
    commands = list(_commands(questionnaire, ledger))
    return Exported(("\ufeff" + "\n".join(commands) + "\n").encode(), ledger.report(FORMAT))


def _commands(questionnaire: Questionnaire, ledger: Ledger) -> Iterator[str]:
    language = questionnaire.languages[0]
    yield comment("Encoding: UTF-8")
    yield comment(text_in(questionnaire.title, language, questionnaire.languages))
    yield comment(_("Open the CSV file of the answers first, its first line as names, then run all of this"))
    yield "SET DECIMAL DOT."
    variables = list(Variables(questionnaire, language))
    taken = {each.name.casefold() for each in variables}
    for each in variables:
        if not is_name(each.name):
            yield comment(_("SPSS does not take the name %(name)s, so it has no labels", name=each.name))
            ledger.lost("variable", each.name, _("SPSS takes names of at most 64 letters, none of its own words."))
            continue
        ledger.kept("variable", each.name)
        yield ""
        yield from _variable(each)
        yield from _parts(each, taken, ledger)
    yield "EXECUTE."


def _variable(each: Variable) -> Iterator[str]:
    if each.form:
        yield command(f"ALTER TYPE {each.name} ({each.form})")
    yield command(f"VARIABLE LABELS {each.name}", quoted(each.label))
    yield from value_labels(each.name, {**each.values, **(reason_labels() if each.reason else {})})
    if is_name(each.reason):
        for reason, value in REASONS.items():
            yield command(f'IF ({each.reason} = "{reason}") {each.name} = {value}')
        yield command(f"MISSING VALUES {each.name} ({min(REASONS.values())} THRU {max(REASONS.values())})")
    elif each.form.startswith(TEXT):
        # Else a blank counts as an answer.
        yield command(f"MISSING VALUES {each.name} (' ')")
    yield command(f"VARIABLE LEVEL {each.name} ({each.level})")


def _parts(each: Variable, taken: set[str], ledger: Ledger) -> Iterator[str]:
    """Yield what makes a variable of 0 and 1 of every option of a choice of several, and a set of them all."""
    made: list[str] = []
    for code, label in each.parts.items():
        name = f"{each.name}_{code}"
        if not is_name(name) or name.casefold() in taken:
            ledger.lost("variable", name, _("SPSS takes names of at most 64 letters, none of its own words."))
            continue
        taken.add(name.casefold())
        made.append(name)
        found = f'CHAR.INDEX(CONCAT(";", RTRIM({each.name}), ";"), ";{code};") > 0'
        yield command(f'IF ({each.name} <> " ")', f"{name} = {found}")
        yield command(f"VARIABLE LABELS {name}", quoted(f"{each.label}: {label}"))
        yield from value_labels(name, {0: _("not chosen"), 1: _("chosen")})
        yield command(f"FORMATS {name} (F1.0)")
        yield command(f"VARIABLE LEVEL {name} (NOMINAL)")
    if len(made) > 1 and len(each.name) < LONGEST_NAME:
        yield command(
            f"MRSETS /MDGROUP NAME=${each.name}",
            f"LABEL={quoted(each.label)}",
            "CATEGORYLABELS=VARLABELS",
            "VARIABLES=" + "\n  ".join(made),
            "VALUE=1",
        )
