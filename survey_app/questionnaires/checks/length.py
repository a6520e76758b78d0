"""Check of the length: how long answering takes, by the longest way through."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from survey_app.questionnaires.checking import CheckFinding, warning
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.duration import LONGEST_READING, durations


def length_findings(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    """Yield a warning where the longest way in the slowest language takes too long."""
    slowest = max(durations(questionnaire), key=lambda each: each.longest)
    if slowest.longest > LONGEST_READING:
        message = _(
            "Answering takes about %(minutes)s minutes. Beyond %(most)s many give up: drop what nobody uses.",
            minutes=round(slowest.longest),
            most=LONGEST_READING,
        )
        yield warning(message)
