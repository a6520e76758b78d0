"""Where the line is drawn for each mark, with who drew it there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QualityOptions:
    """Thresholds of the marks.

    Straight lines: `least_battery` items answered, all alike (Krosnick 1991). Long runs: at least `least_run` equal
    answers in a row and `run_share` of the battery (Johnson 2005 and Curran 2016 look at half; more is demanded here,
    since satisfied customers answer alike honestly). Speed: below `speed_share` of the median time (Greszki, Meyer &
    Schoen 2015; Leiner 2019) and `speed_deviations` robust standard deviations below it in logarithms; strong below
    `seconds_per_item` per item asked (Wood et al. 2017). Twins: `least_twin` items answered, and fewer than
    `twin_chance` other responses expected to agree by chance. Texts: `least_text` letters and digits. Contradictions:
    an item and a reversed one differ by `contradiction_share` of the scale after turning (Curran 2016). Missing: above
    `missing_share` of items asked; `dont_know_share` likewise. Patterns: Mahalanobis distance beyond `pattern_alpha`
    (Meade & Craig 2012). Halves: correlation of odd and even items over `least_scales` batteries not above
    `halves_cut` (Johnson 2005; stricter here). `least_rows` responses are needed where a check compares with others.
    """

    least_battery: int = 5
    least_run: int = 8
    run_share: float = 0.75
    speed_share: float = 0.5
    speed_deviations: float = 2.5
    seconds_per_item: float = 1.0
    least_twin: int = 8
    twin_chance: float = 0.01
    least_text: int = 20
    contradiction_share: float = 0.75
    missing_share: float = 0.5
    dont_know_share: float = 0.5
    pattern_alpha: float = 0.001
    least_scales: int = 8
    halves_cut: float = 0.0
    least_rows: int = 30
    level: float = 0.95
