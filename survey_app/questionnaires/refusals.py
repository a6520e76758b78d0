"""Why something about a survey is refused, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.questionnaires.checking import CheckFinding
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.language_names import language_name
from survey_app.questionnaires.models import QuestionnaireVersion
from survey_app.questionnaires.translation import Gaps


class SurveyError(ValueError):
    """Something about a survey cannot be done as asked; the message says what to do instead."""


class StaleDraftError(SurveyError):
    """Somebody else saved the draft in between; `theirs` is what stands now, `yours` what was to be saved."""

    def __init__(self, theirs: QuestionnaireVersion, yours: Questionnaire) -> None:
        """Keep both states, so that a page can show them side by side."""
        super().__init__(_("This draft was changed in the meantime. Compare both and decide which to keep."))
        self.theirs = theirs
        self.yours = yours


class NotPublishableError(SurveyError):
    """The checks found errors; `findings` holds them."""

    def __init__(self, findings: list[CheckFinding]) -> None:
        """Keep the findings; the message is all of them, a line each."""
        super().__init__("\n".join(each.message for each in findings))
        self.findings = findings


class NothingToPublishError(SurveyError):
    """There is no draft, or it says the same as the newest version."""


class GapsError(SurveyError):
    """Languages have gaps, and nobody said that they may; `gaps` names them."""

    def __init__(self, gaps: list[Gaps]) -> None:
        """Keep the gaps."""
        names = ", ".join(language_name(each.language) for each in gaps)
        super().__init__(
            _("Translations are incomplete (%(languages)s). Say that you publish them so.", languages=names)
        )
        self.gaps = gaps
