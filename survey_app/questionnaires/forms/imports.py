"""Forms that bring a questionnaire in from a file."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField

from survey_app.questionnaires.forms.surveys import BeginningForm


class ImportForm(BeginningForm):
    """A questionnaire in a file of any kind that is known."""

    file = FileField(
        _l("File"),
        [FileRequired(_l("Choose a file."))],
        description=_l(
            "SurveyJS (.json), LimeSurvey (.lss), Qualtrics (.qsf), XLSForm (.xlsx, .xls, .csv) or our own format "
            "(.yaml, .json), up to 10 MB. The content tells which."
        ),
    )


class ConfirmForm(BeginningForm):
    """A questionnaire that was looked at and shall come in."""

    carried = HiddenField()
