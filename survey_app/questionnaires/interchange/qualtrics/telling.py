"""Tells what became of randomisers and of the fields that the flow declares."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.qualtrics.chances import COMPUTED, are_too_many, n_asked
from survey_app.questionnaires.interchange.qualtrics.reading import Reading
from survey_app.questionnaires.interchange.qualtrics.steps import Chance, Step, fields_set
from survey_app.questionnaires.interchange.qualtrics.survey import is_on


def enter_randomizer(reading: Reading, step: Step) -> None:
    """Enter a randomiser as a part of the flow and as something random."""
    ledger, n_parts, n_some = reading.ledger, len(step.parts), n_asked(step)
    chance = reading.chances.get(step.place)
    flow, order, message = ledger.changed, ledger.lost, ""
    if chance:
        flow = order = ledger.kept if n_some == 1 else ledger.changed
        message = " ".join(_of_chance(chance, step))
    elif n_parts < 2:  # noqa: PLR2004 - one alone has no order
        flow = order = ledger.kept
        message = _("It has nothing to choose from.")
    elif n_some < n_parts:
        flow = ledger.lost
        message = _("It has too many parts to draw from: all %(n)s are asked, in the order of the file.", n=n_parts)
    else:
        message = _("All %(n)s parts are asked, in the order of the file instead of a random one.", n=n_parts)
    flow("flow", step.name, message)
    order("randomisation", step.name, message)


def _of_chance(chance: Chance, step: Step) -> Iterator[str]:
    """Yield what is to be known of groups drawn by chance."""
    n_parts, n_some = len(step.parts), n_asked(step)
    code = chance.field.removeprefix("answer.")
    yield _(
        "Chance draws a group for everybody, kept as the hidden value “%(code)s”: %(some)s of %(n)s parts.",
        code=code,
        some=n_some,
        n=n_parts,
    )
    if n_some > 1:
        yield _("The parts of a group keep their order.")
    if are_too_many(n_parts, n_some):
        yield _("There are too many ways to choose: parts that follow each other are drawn together.")
    if is_on(step.data.get("EvenPresentation")):
        yield _("Groups are equally likely, not evened out.")


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
