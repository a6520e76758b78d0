"""Reads what was typed into texts and numbers, whatever it is worth: the parser refuses what is wrong in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from survey_app.questionnaires.findings import Finding

Form = MultiDict[str, str]
LONGEST_NUMBER = 9
_NOTHING: Mapping[str, str] = {}


def texts_data(
    form: Form, name: str, languages: tuple[str, ...], present: Mapping[str, str] = _NOTHING
) -> dict[str, str]:
    """Return a text by language: what was typed, and what stood there in the languages that the form did not show."""
    return {tag: form.get(f"{name}-{tag}", present.get(tag, "")) for tag in languages}


def number(text: str) -> int | str:
    """Return a whole number, or the text as typed, which the parser will refuse in words."""
    stripped = text.strip()
    is_number = stripped.isascii() and stripped.isdigit() and len(stripped) <= LONGEST_NUMBER
    return int(stripped) if is_number else text


def number_or_none(text: str) -> int | str | None:
    """Return a whole number, None where nothing was typed, or the text as typed."""
    return number(text) if text.strip() else None


def errors_by_control(findings: tuple[Finding, ...], path: str) -> dict[str, str]:
    """Return findings by the control they belong to; those about something else stand under the empty name."""
    errors: dict[str, str] = {}
    for finding in findings:
        name = control_name(finding.path.removeprefix(path).lstrip(".")) if finding.path.startswith(path) else ""
        errors[name] = " ".join(each for each in (errors.get(name), finding.message) if each)
    return errors


def control_name(path: str) -> str:
    """Return the control that a path names: `options[2].text.en` is `options-1-text-en`."""
    return re.sub(r"\[(\d+)\]", lambda found: f"-{int(found[1]) - 1}", path).replace(".", "-")
