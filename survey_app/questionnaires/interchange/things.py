"""What things of single tools' files are called in reports."""

from __future__ import annotations

from flask_babel import gettext as _


def things_of_limesurvey() -> dict[str, str]:
    """Return what its things are called, some of which Qualtrics has too."""
    return {
        "attribute": _("Attributes of questions"),
        "assessment": _("Assessments"),
        "assessment value": _("Points for answers"),
        "expression": _("Expressions in texts"),
        "group description": _("Descriptions of groups"),
        "mail text": _("Texts of mails"),
        "merge field": _("Merge fields"),
        "other": _("Answers in own words"),
        "question script": _("Scripts of questions"),
        "question text": _("Texts of questions"),
        "quota member": _("Members of quotas"),
        "quota message": _("Messages of quotas"),
        "requested answer": _("Requested answers"),
        "survey settings": _("Settings by language"),
        "survey text": _("Texts of the survey"),
        "table": _("Other tables"),
        "theme": _("Looks of questions"),
    }


def things_of_qualtrics() -> dict[str, str]:
    """Return what only Qualtrics has."""
    return {
        "carry-forward": _("Options carried forward"),
        "element": _("Elements of the file"),
        "flow": _("Survey flow"),
        "hidden value": _("Hidden values"),
        "loop": _("Loops"),
        "missing question": _("Missing questions"),
        "page break": _("Page breaks"),
        "piped text": _("Piped texts"),
        "quota group": _("Groups of quotas"),
        "recode": _("Numbers of answers"),
        "repeated id": _("Repeated ids"),
        "repeated question": _("Repeated questions"),
        "scale label": _("Labels along scales"),
        "scoring": _("Scoring"),
        "side by side column": _("Columns side by side"),
        "side by side option": _("Options side by side"),
        "side by side row": _("Rows side by side"),
        "title": _("Title"),
        "unused question": _("Unused questions"),
    }


def things_of_surveyjs() -> dict[str, str]:
    """Return what only SurveyJS has."""
    return {
        "comment field": _("Comment fields"),
        "conditional ending": _("Endings under a condition"),
        "look": _("Looks of questions"),
        "old key": _("Old spellings"),
        "option source": _("Options from elsewhere"),
        "special option": _("Special options"),
        "value|text string": _("Options in one string"),
    }


def things_of_xlsform() -> dict[str, str]:
    """Return what only XLSForm has, and what both have."""
    return {
        "appearance": _("Looks of questions"),
        "choice column": _("Columns of options"),
        "hint": _("Hints"),
        "jump": _("Jumps"),
        "metadata": _("Data about the device"),
        "other option": _("Answers in own words"),
        "parameter": _("Parameters"),
        "property": _("Properties"),
        "repeat": _("Repeats"),
        "sheet": _("Sheets"),
    }
