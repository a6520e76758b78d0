"""Tells what became of randomisers and of the fields that the flow declares."""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.qualtrics.chances import COMPUTED, are_too_many, n_asked
from survey_app.questionnaires.interchange.qualtrics.reading import Reading
from survey_app.questionnaires.interchange.qualtrics.steps import Step, fields_set
from survey_app.questionnaires.interchange.qualtrics.survey import is_on


def enter_randomizer(reading: Reading, step: Step) -> None:
    """Enter a randomiser as a part of the flow and as something random."""
    ledger, chance, n_parts = reading.ledger, reading.chances.get(step.place), len(step.parts)
    if chance:
        notes = [
            _(
                "Chance draws a group for everybody, kept as the hidden value “%(code)s”: %(some)s of %(n)s parts.",
                code=chance.field.removeprefix("answer."),
                some=n_asked(step),
                n=n_parts,
            )
        ]
        if n_asked(step) > 1:
            notes.append(_("The parts of a group keep their order."))
        if are_too_many(n_parts, n_asked(step)):
            notes.append(_("There are too many ways to choose: parts that follow each other are drawn together."))
        if is_on(step.data.get("EvenPresentation")):
            notes.append(_("Groups are equally likely, not evened out."))
        enter = ledger.kept if n_asked(step) == 1 else ledger.changed
        enter("flow", step.name, " ".join(notes))
        enter("randomisation", step.name, " ".join(notes))
        return
    if n_parts < 2:  # noqa: PLR2004 - one alone has no order
        message = _("It has nothing to choose from.")
        ledger.kept("flow", step.name, message)
        ledger.kept("randomisation", step.name, message)
        return
    message = _("All %(n)s parts are asked, in the order of the file instead of a random one.", n=n_parts)
    if n_asked(step) < n_parts:
        message = _("It has too many parts to draw from: all %(n)s are asked, in the order of the file.", n=n_parts)
    (ledger.changed if n_asked(step) == n_parts else ledger.lost)("flow", step.name, message)
    ledger.lost("randomisation", step.name, message)


def enter_fields(reading: Reading, step: Step, *, is_sure: bool) -> None:
    """Enter the fields that an element declares, each with what became of the value that it is given."""
    ledger = reading.ledger
    ledger.changed("flow", step.name, _("Its fields become hidden values."))
    for name, value in fields_set(step):
        target = reading.field(name)
        given = next((each for each in reading.givens.get(name.casefold(), ()) if each.place == step.place), None)
        words = {"value": brief(value, 100), "code": target.code}
        if not value:
            ledger.kept("hidden value", name)
        elif reading.fields[name.casefold()].item.is_by_chance:
            ledger.kept("hidden value", name, _("Chance draws it; “%(value)s” is one of its groups.", **words))
        elif given and is_sure and not any(sign in value for sign in COMPUTED):
            message = _(
                "Conditions and texts behind it know its value “%(value)s”; it is not stored with the answers.", **words
            )
            ledger.changed("hidden value", name, message)
        else:
            message = _("Its value “%(value)s” is not set on the way; the link gives it (?%(code)s=…).", **words)
            ledger.changed("hidden value", name, message)
