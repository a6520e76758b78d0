"""Surveys of Qualtrics (`.qsf`)."""
