"""What makes an answer urgent, and what may be done with a case."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.questionnaires.definition import Item, ItemType

NPS_DETRACTOR = 6
# The worst points of a scale that count as a cry for help; two is also the default for satisfaction from 1 to 5.
N_WORST = 2
DUE_HOURS = 48
MOST_DUE_HOURS = 24 * 60
LONGEST_NOTE = 4000

RESOLUTIONS = ("solved", "apologised", "compensated", "not_reached", "no_action", "other")


class CaseError(ValueError):
    """Something that cannot be done with a case as it now stands; the message says why, in words."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """The score from which on an answer is urgent, and on which side the bad scores are."""

    value: float
    low_is_bad: bool = True

    def is_met_by(self, score: float) -> bool:
        """Return whether this score is urgent."""
        return score <= self.value if self.low_is_bad else score >= self.value


def default_threshold(item: Item) -> Threshold | None:
    """Return from which score on an outcome is urgent: NPS 0 to 6, else the two worst points of its scale."""
    if item.scale is None:
        return None
    if item.type is ItemType.NPS:
        return Threshold(NPS_DETRACTOR)
    if item.scale.higher_is_better:
        return Threshold(item.scale.low + N_WORST - 1)
    return Threshold(item.scale.high - N_WORST + 1, low_is_bad=False)


def threshold_of(item: Item, chosen: float | None) -> Threshold | None:
    """Return the threshold that holds for an outcome: the chosen one, else the default."""
    default = default_threshold(item)
    if default is None or chosen is None:
        return default
    return Threshold(chosen, default.low_is_bad)


def needs_note(resolution: str) -> bool:
    """Return whether this way of ending a case has to be explained."""
    return resolution == "other"
