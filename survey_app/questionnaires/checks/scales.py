"""Checks of scales: they have points, their ends are named, and their names are balanced."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_babel import gettext as _

from survey_app.questionnaires.checking import CheckFinding, Fix, Repair, Spot, error, hint, warning
from survey_app.questionnaires.definition import SCALED, Item, Scale, Texts
from survey_app.questionnaires.scales import usual_labels

_BAD = {
    "en": r"\b(dis\w+|un\w+|bad\w*|poor\w*|terrible|awful|worse|worst|not|never|difficult|hard)\b",
    "es": r"\b(in\w+|des\w+|mal\w*|p[eé]sim\w+|peor|no|nada|nunca|dif[ií]cil|deficiente)\b",
    "vi": r"(không|tệ|kém|xấu|khó|chưa)",
}
_GOOD = {
    "en": r"\b(satisfied|agree|good|great|excellent|better|best|very|always|likely|easy|happy)\b",
    "es": r"\b(satisfech\w+|acuerdo|buen\w*|excelente|mejor|muy|siempre|probable|f[aá]cil)\b",
    "vi": r"(hài lòng|đồng ý|tốt|xuất sắc|tuyệt vời|rất|dễ)",
}
BAD = {tag: re.compile(pattern, re.IGNORECASE) for tag, pattern in _BAD.items()}
GOOD = {tag: re.compile(pattern, re.IGNORECASE) for tag, pattern in _GOOD.items()}


def scale_findings(item: Item, spot: Spot, languages: tuple[str, ...]) -> Iterator[CheckFinding]:
    """Yield what is wrong with an item's scale."""
    if item.type not in SCALED:
        return
    if item.scale is None or len(item.scale.points) < len(("low", "high")):
        yield error(_("“%(code)s” has an empty scale. Give it at least three points.", code=item.code), spot)
        return
    scale = item.scale
    if not all(scale.labels.get(end) for end in (scale.low, scale.high)):
        fix = Fix(Repair.USUAL_LABELS) if usual_labels(scale, item.type, languages) else None
        yield warning(_("“%(code)s”: name both ends of the scale.", code=item.code), spot, fix)
    elif is_lopsided(scale):
        yield hint(
            _("“%(code)s”: the names of its points lean to one side. Give both halves as many.", code=item.code), spot
        )


def is_lopsided(scale: Scale) -> bool:
    """Return whether more points are named, or named kindly, in one half of a scale than in the other."""
    middle = (scale.low + scale.high) / 2
    below = sum(point < middle for point in scale.labels)
    above = sum(point > middle for point in scale.labels)
    return below != above or any(_leans(scale.labels, tag) for tag in BAD)


def _leans(labels: dict[int, Texts], language: str) -> bool:
    """Return whether the words of one language name good points two times more than bad ones, or the reverse."""
    words = [texts[language] for texts in labels.values() if texts.get(language)]
    bad = sum(bool(BAD[language].search(each)) for each in words)
    good = sum(bool(GOOD[language].search(each)) and not BAD[language].search(each) for each in words)
    return len(words) > len(("both", "ends")) and bad + good > 0 and abs(good - bad) > 1
