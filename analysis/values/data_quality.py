"""What was found about the care behind each response: marks with reasons. Nothing is dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from analysis.values.estimates import Base, Estimate, Note, Refusal


class MarkCode(StrEnum):
    """Why a response is marked."""

    STRAIGHT_LINE = "straight-line"
    STRAIGHT_LINE_DESPITE_REVERSED = "straight-line-despite-reversed"
    LONG_RUN = "long-run"
    SPEEDING = "speeding"
    TOO_FAST_TO_READ = "too-fast-to-read"
    TWIN_ANSWERS = "twin-answers"
    REPEATED_CUSTOMER = "repeated-customer"
    REPEATED_TEXT = "repeated-text"
    CONTRADICTION = "contradiction"
    RULE_BROKEN = "rule-broken"
    UNUSUAL_PATTERN = "unusual-pattern"
    HALVES_DISAGREE = "halves-disagree"
    MANY_MISSING = "many-missing"
    MANY_DONT_KNOW = "many-dont-know"


class Strength(StrEnum):
    """What a mark is evidence of.

    `STRONG`: hardly an honest answer. `WEAK`: many honest respondents do it too; two of different kinds together count.
    `STATED`: a fact about the response (repeated, much missing) that says nothing about care.
    """

    STRONG = "strong"
    WEAK = "weak"
    STATED = "stated"


@dataclass(frozen=True, slots=True)
class Mark:
    """One reason: its code, its strength, and the figures behind it (say, seconds and the median)."""

    code: MarkCode
    strength: Strength
    figures: dict[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MarkCount:
    """How many responses carry a mark: the count, and the (weighted) share with its interval."""

    code: MarkCode
    strength: Strength
    n: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class ResponseQuality:
    """The marks of every response, in the order of the rows, and how frequent each is.

    `suspicious[row]` is True for a strong mark, or for weak marks of two different kinds. `marked` is the share with
    any mark, `suspected` the share of the suspicious. `checks` names the checks that were made; a note
    `check-not-possible` says why another one was not.
    """

    marks: tuple[tuple[Mark, ...], ...]
    suspicious: tuple[bool, ...]
    counts: tuple[MarkCount, ...]
    marked: Estimate
    suspected: Estimate
    checks: tuple[str, ...]
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()

    def rows(self, *codes: MarkCode | str) -> tuple[bool, ...]:
        """Return which rows carry any of these marks; without codes, which carry any mark at all."""
        wanted = {MarkCode(each) for each in codes}
        return tuple(any(not wanted or each.code in wanted for each in own) for own in self.marks)

    def count(self, code: MarkCode | str) -> MarkCount:
        """Return the count of a mark; raise KeyError where its check was not made."""
        for each in self.counts:
            if each.code == code:
                return each
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class LeavingOut:
    """A figure with everybody and without the marked responses, side by side.

    `change` is without minus with (None where one is refused); the two share most answers, so their intervals say
    nothing about it. `moves` is True where the figure without them lies outside the interval with everybody.
    """

    everybody: Estimate | Refusal
    without_marked: Estimate | Refusal
    n_left_out: int
    change: float | None
    moves: bool | None
    codes: tuple[str, ...]
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()
