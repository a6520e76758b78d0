"""SPSS syntax that labels the CSV of answers: names, values, missing values and levels of measurement."""

from __future__ import annotations

from survey_app.questionnaires.interchange.spss.writing import write_spss

__all__ = ["write_spss"]
