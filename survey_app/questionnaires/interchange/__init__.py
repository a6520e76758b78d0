"""Questionnaires in and out: our own format, and other tools' files with a written report of what became of them."""

from __future__ import annotations

from survey_app.questionnaires.interchange.native import FORMATS, LARGEST_TEXT, read_text, write_text
from survey_app.questionnaires.interchange.reports import Entry, Fate, Imported, Report

__all__ = ["FORMATS", "LARGEST_TEXT", "Entry", "Fate", "Imported", "Report", "read_text", "write_text"]
