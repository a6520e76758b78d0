"""Reads lists that are edited line by line: the options of a choice, the statements of a battery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from survey_app.questionnaires.definition import Option, Row
from survey_app.questionnaires.forms.texts import Form, texts_data
from survey_app.questionnaires.library import sample_options
from survey_app.questionnaires.wording_codes import code_from, free_code
from survey_app.questionnaires.writing import to_line

if TYPE_CHECKING:
    from survey_app.questionnaires.forms.items import Sheet

Data = dict[str, Any]
SEPARATOR = "|"
FLAGS = ("other", "exclusive", "fixed")
# Beyond so many lines a table of controls is slower to work with than plain text, a line each.
MOST_IN_TABLE = 60


@dataclass(frozen=True, slots=True)
class Lines:
    """A list in a form: its name, what stands in it, and how many lines it may have."""

    name: str
    present: Sequence[Option | Row]
    most: int

    def by_code(self) -> dict[str, Data]:
        """Return the written form of what stands there, by code."""
        return {each.code: to_line(each) for each in self.present}


def lines_data(form: Form, lines: Lines, sheet: Sheet) -> list[Data]:
    """Return the lines that were typed: from one box of text, or from a control each and the box for new ones."""
    if f"{lines.name}_text" in form:
        return _from_text(form[f"{lines.name}_text"], sheet.language, lines.by_code())
    present = lines.by_code()
    typed = []
    for place in range(lines.most):
        prefix = f"{lines.name}-{place}"
        if f"{prefix}-code" not in form:
            break
        line = _line(form, prefix, sheet.languages, present)
        is_kept = f"{prefix}-remove" not in form and form.get("act") != f"remove:{prefix}"
        if is_kept and (any(line["text"].values()) or line["code"]):
            typed.append((_order(form.get(f"{prefix}-order", ""), place), place, line))
    kept = [line for _order_typed, _place, line in sorted(typed, key=lambda each: each[:2])]
    pasted = form.get(f"new_{lines.name}", "")
    return _joined(kept, pasted, sheet.language) if pasted.strip() else kept


def as_text(lines: Sequence[Mapping[str, Any]], language: str) -> str:
    """Return lines as one text, `code | wording` each."""
    return "\n".join(f"{line['code']} {SEPARATOR} {line.get('text', {}).get(language, '')}" for line in lines)


def _line(form: Form, prefix: str, languages: tuple[str, ...], present: Mapping[str, Data]) -> Data:
    code = form.get(f"{prefix}-code", "").strip()
    before = present.get(form.get(f"{prefix}-was", code), {})
    line: Data = {"code": code, "text": texts_data(form, f"{prefix}-text", languages, before.get("text", {}))}
    line |= {key: True for key in FLAGS if f"{prefix}-{key}" in form}
    role = form.get(f"{prefix}-role", "")
    return line | ({"role": role} if role else {})


def _joined(kept: list[Data], pasted: str, language: str) -> list[Data]:
    """Return lines with those that were pasted, which take the place of samples and come before “other” and “none”."""
    own = [line for line in kept if not _is_sample(line)]
    behind = [*takewhile(lambda line: line.get("other") or line.get("exclusive"), reversed(own))]
    return [*own[: len(own) - len(behind)], *_new(pasted, language, own), *reversed(behind)]


def _is_sample(line: Data) -> bool:
    """Return whether a line still says what a new item began with."""
    said = {tag: text for tag, text in line["text"].items() if text}
    return bool(said) and said.items() <= sample_options().get(line["code"], {}).items()


def _order(text: str, place: int) -> float:
    try:
        return float(text[:6])
    except ValueError:
        return place + 1.0


def _new(text: str, language: str, kept: Sequence[Data]) -> list[Data]:
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


def _from_text(text: str, language: str, present: Mapping[str, Data]) -> list[Data]:
    """Return a line per line of text; what stands under the same code keeps its other languages and settings."""
    lines = []
    for typed in _new(text, language, ()):
        before = present.get(typed["code"], {})
        lines.append(before | typed | {"text": {**before.get("text", {}), **typed["text"]}})
    return lines
