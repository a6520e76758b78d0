"""Reads lists that are edited line by line: the options of a choice, the statements of a battery."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from survey_app.questionnaires.wording_codes import code_from, free_code

Form = MultiDict[str, str]
Data = dict[str, Any]
SEPARATOR = "|"


def lines_data(form: Form, name: str, languages: tuple[str, ...], most: int) -> list[Data]:
    """Return the lines that were typed, sorted by their numbers, then those of the box for new ones."""
    lines = []
    for place in range(most):
        prefix = f"{name}-{place}"
        if f"{prefix}-code" not in form:
            break
        line = _line(form, prefix, languages)
        if f"{prefix}-remove" not in form and (any(line["text"].values()) or line["code"]):
            lines.append((_order(form.get(f"{prefix}-order", ""), place), place, line))
    kept = [line for _order_typed, _place, line in sorted(lines, key=lambda each: each[:2])]
    return [*kept, *_new(form.get(f"new_{name}", ""), languages[0], kept)]


def _line(form: Form, prefix: str, languages: tuple[str, ...]) -> Data:
    line: Data = {
        "code": form.get(f"{prefix}-code", "").strip(),
        "text": {tag: form.get(f"{prefix}-text-{tag}", "") for tag in languages},
    }
    line |= {key: True for key in ("other", "exclusive") if f"{prefix}-{key}" in form}
    return line | ({"role": form[f"{prefix}-role"]} if form.get(f"{prefix}-role") else {})


def _order(text: str, place: int) -> float:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else place + 1.0  # noqa: PLR2004 - longer than any list


def _new(text: str, language: str, kept: list[Data]) -> list[Data]:
    """Return a line per line of text: `code | wording`, or a wording alone."""
    taken = {line["code"] for line in kept}
    new = []
    for typed in filter(None, (line.strip() for line in text.splitlines())):
        code, bar, wording = (part.strip() for part in typed.partition(SEPARATOR))
        if not bar:
            code, wording = free_code(code_from(typed, "option"), taken), typed
        taken.add(code)
        new.append({"code": code, "text": {language: wording}})
    return new
