"""What is said before the first question: who asks and why, who sees the answers, how long they are kept."""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.questionnaires.definition import ItemType, Questionnaire
from survey_app.responses.links import Link


def privacy_lines(link: Link, questionnaire: Questionnaire) -> list[str]:
    """Return who asks and why, who sees the answers, and how long they are kept."""
    asker = link.asker
    lines = [_("%(organisation)s asks you this to become better.", organisation=asker.name)] if asker else []
    lines.append(_promise(link, questionnaire))
    if asker:
        lines.append(_("Answers are kept for %(months)s months.", months=asker.retention_months))
    return lines


def _promise(link: Link, questionnaire: Questionnaire) -> str:
    if link.row.identification == "anonymous":
        return _("Your answers are anonymous: nobody can see whose they are.")
    if link.invitation is None:
        asks_who = any(item.type is ItemType.CONTACT for item in questionnaire.items)
        return _("We know who you are only if you tell us.") if asks_who else _("We don't ask for your name.")
    if link.row.identification == "confidential":
        return _("Your answers are confidential: our staff don't see whose they are.")
    return _("Our staff see that these answers are yours, so that they can help.")
