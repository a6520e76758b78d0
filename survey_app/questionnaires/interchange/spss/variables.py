"""The columns of the CSV of answers as SPSS's variables: what each one is, and what its values mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, ItemType, Questionnaire, Row, Texts, text_in
from survey_app.questionnaires.piping import fill

SCALE, ORDINAL, NOMINAL = "SCALE", "ORDINAL", "NOMINAL"
NUMBER = "F8.0"
SHORTEST = 8
# Values that stand for the reasons of missing answers; no answer of ours reaches so far down.
REASONS = {
    "not_asked": -999991,
    "skipped": -999992,
    "dont_know": -999993,
    "not_applicable": -999994,
    "refused": -999995,
}
MEASURED = {ItemType.NPS: SCALE, ItemType.CSAT: ORDINAL, ItemType.CES: ORDINAL, ItemType.LIKERT: ORDINAL}


@dataclass(frozen=True, slots=True)
class Variable:
    """One column: `reason` names the column that says why there is no answer, where its value can say it, too.

    `parts` are the options of a choice of several: each becomes a variable of its own.
    """

    name: str
    label: str
    level: str
    form: str = ""
    values: Mapping[Any, str] = field(default_factory=dict)
    reason: str = ""
    parts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Variables:
    """The variables of a questionnaire, said in one language."""

    questionnaire: Questionnaire
    language: str

    def __iter__(self) -> Iterator[Variable]:
        """Yield every variable that the CSV of answers may hold, in its order."""
        yield from _about()
        for item in self.questionnaire.items:
            if item.variants:
                forms = {each.code: self._say(each.text or item.text) for each in item.variants}
                label = _("Form of: %(question)s", question=self._say(item.text))
                yield Variable(f"variant.{item.code}", label, NOMINAL, _letters(forms), dict(forms))
        for item in self.questionnaire.items:
            yield from self._measures(item)

    def _measures(self, item: Item) -> Iterator[Variable]:
        for row in item.rows or (None,):
            if item.type is ItemType.STATEMENT:
                return
            code, label = row.code if row else item.code, self._wording(item, row)
            # The reasons first: the answers' own commands look at them.
            reason = _("%(question)s: why there is no answer", question=label)
            yield Variable(f"{code}.missing", reason, NOMINAL, "A16", dict(_reasons()))
            yield from self._answers(item, code, label)
            if item.type in {ItemType.SINGLE, ItemType.MULTIPLE}:
                yield Variable(f"{code}.other", _("%(question)s: in own words", question=label), NOMINAL)

    def _answers(self, item: Item, code: str, label: str) -> Iterator[Variable]:
        if item.scale is not None:
            points: dict[str | int, str] = {point: self._say(said) for point, said in sorted(item.scale.labels.items())}
            yield Variable(code, label, MEASURED[item.type], NUMBER, points, f"{code}.missing")
        elif item.type in {ItemType.RANKING, ItemType.SUM}:
            yield from self._per_option(item, label)
        elif item.type is ItemType.MULTIPLE:
            parts = self._options(item)
            yield Variable(code, label, NOMINAL, _letters([";".join(parts)]), parts=parts)
        elif item.options:
            values = self._options(item)
            yield Variable(code, label, NOMINAL, _letters(values), dict(values))
        else:
            yield from _typed(item, label)

    def _per_option(self, item: Item, label: str) -> Iterator[Variable]:
        is_rank = item.type is ItemType.RANKING
        level, form = (ORDINAL, NUMBER) if is_rank else (SCALE, "F12.2")
        for code, text in self._options(item).items():
            yield Variable(f"{item.code}.{code}", f"{label}: {text}", level, form, {}, f"{item.code}.missing")

    def _options(self, item: Item) -> dict[str, str]:
        return {option.code: self._say(option.text) for option in item.options}

    def _wording(self, item: Item, row: Row | None) -> str:
        parts = [self._say(item.text), self._say(row.text) if row else ""]
        return " \N{EN DASH} ".join(part for part in parts if part)

    def _say(self, texts: Texts) -> str:
        # Merge fields stand at their fallback: a label is the same for everybody.
        return fill(text_in(texts, self.language, self.questionnaire.languages), {}, self.language)


def _typed(item: Item, label: str) -> Iterator[Variable]:
    """Yield the variable of an answer that is typed in; contact details are kept out of statistics."""
    if item.type is ItemType.NUMBER:
        reason = f"{item.code}.missing" if _is_far(item) else ""
        yield Variable(item.code, label, SCALE, f"F12.{item.bounds.decimals}", {}, reason)
    elif item.type is ItemType.DATE:
        yield Variable(item.code, label, SCALE, "SDATE10")
    elif item.type is not ItemType.CONTACT:
        yield Variable(item.code, label, NOMINAL)


def _about() -> Iterator[Variable]:
    """Yield what stands about each response before its answers."""
    labels = {
        "response": _("Number of the response"),
        "campaign": _("Campaign"),
        "wave": _("Wave"),
        "channel": _("Channel"),
        "language": _("Language"),
        "customer": _("Customer"),
    }
    yield from (Variable(name, label, NOMINAL) for name, label in labels.items())
    yield Variable("weight", _("Design weight"), SCALE, "F12.6")


def _reasons() -> dict[str, str]:
    return {
        "not_asked": _("not asked"),
        "skipped": _("skipped"),
        "dont_know": _("don't know"),
        "not_applicable": _("not applicable"),
        "refused": _("refused"),
    }


def reason_labels() -> dict[str | int, str]:
    """Return what the numbers of the reasons mean."""
    return {REASONS[name]: said for name, said in _reasons().items()}


def _is_far(item: Item) -> bool:
    """Return whether no answer can be one of the numbers that stand for reasons."""
    return item.bounds.lowest is not None and float(item.bounds.lowest) > max(REASONS.values())


def _letters(values: Iterable[str]) -> str:
    return f"A{max([SHORTEST, *(len(value) for value in values)])}"
