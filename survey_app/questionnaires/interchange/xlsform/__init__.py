"""Questionnaires of XLSForm (.xlsx, .xls, .csv), in and out, with a report of what was kept, changed or lost."""

from __future__ import annotations

from survey_app.questionnaires.interchange.xlsform.files import read_xlsform
from survey_app.questionnaires.interchange.xlsform.workbook import SHEETS, is_workbook
from survey_app.questionnaires.interchange.xlsform.writing import write_xlsform

__all__ = ["SHEETS", "is_workbook", "read_xlsform", "write_xlsform"]
