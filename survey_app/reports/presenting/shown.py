"""How figures are written: NPS as whole points, shares as percentages, means with two decimals."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import text_in
from survey_app.web.filters import number, percent
from survey_app.web.languages import interface_language

Data = dict[str, Any]


def is_estimate(data: Data | None) -> bool:
    """Return whether a figure stands here, and not the reason why there is none."""
    return bool(data) and "value" in (data or {}) and (data or {})["value"] is not None


def is_refusal(data: Data | None) -> bool:
    """Return whether the reason for a missing figure stands here."""
    return bool(data) and "code" in (data or {})


def figure(value: float | None, measure: str) -> str:
    """Return a figure in the unit of its measure."""
    if value is None:
        return number(None)
    if measure == "nps":
        return number(round(value) + 0)
    return percent(value) if measure == "top-box" else number(value, 2)


def difference(value: float | None, measure: str) -> str:
    """Return a difference with its sign; differences of shares are percentage points."""
    if value is None:
        return number(None)
    digits = 2 if measure == "mean" else 1
    scaled = value * 100 if measure == "top-box" else value
    sign = "+" if scaled > 0 else ""
    return f"{sign}{number(scaled, digits)}".replace("-", "\u2212")


def interval(data: Data | None, measure: str, *, of_difference: bool = False) -> str:
    """Return the ends of an interval, or a dash where there is none."""
    ends = (data or {}).get("interval")
    if not ends:
        return number(None)
    write = difference if of_difference else figure
    return _("%(low)s to %(high)s", low=write(ends["low"], measure), high=write(ends["high"], measure))


def measure_name(measure: str, kind: str = "") -> str:
    """Return what a figure is called."""
    if measure == "nps":
        return _("NPS")
    if measure == "top-box":
        return _("Satisfied customers (top two answers)") if kind == "csat" else _("Top-2-box")
    return _("Customer effort, mean") if kind == "ces" else _("Mean")


def label_of(labels: Data | None, code: str) -> str:
    """Return an item's wording in the reader's language, else its code."""
    return text_in(labels or {}, interface_language(), tuple(labels or {})) or code


def refusal(data: Data) -> str:
    """Return the sentence that says why there is no figure."""
    figures = data.get("figures", {})
    n, needed = number(figures.get("n", 0)), number(figures.get("needed", 0))
    sentences = {
        "base-too-small": _("Too few answers: %(n)s, at least %(needed)s are needed.", n=n, needed=needed),
        "comparison-base-too-small": _("Too few answers to compare: %(n)s, %(needed)s are needed.", n=n, needed=needed),
        "no-comparable-period": _("There is no earlier period with enough answers to compare with."),
        "too-few-periods": _(
            "Too few periods for a test of a trend: %(n)s, %(needed)s are needed.", n=n, needed=needed
        ),
        "outcome-constant": _("Everybody gave the same answer, so nothing can explain differences."),
        "no-usable-driver": _("No driver has enough different ratings to be analysed."),
        "no-invitations": _("Not applicable: nobody was invited personally."),
        "too-few-drivers": _("Give at least two items the role “driver” to see what matters."),
        "no-variation": _("All answers are alike, so there is nothing to test."),
        "too-few-segments": _("There is only one group."),
        "theme-too-rare": _("Too few comments mention it: %(n)s, at least %(needed)s are needed.", n=n, needed=needed),
        "theme-too-common": _("Nearly every comment mentions it, so there is nobody to compare with."),
        "theme-not-found-again": _("It was not found again in both halves of the comments."),
        "too-few-per-attribute": _(
            "Too few customers for one figure of all characteristics: %(n)s, %(needed)s are needed.",
            n=n,
            needed=needed,
        ),
        "no-attribute-varies": _("All customers are of one kind here."),
        "separated": _("These characteristics tell exactly who answers, so that one figure of them makes no sense."),
        "aliased": _("It says the same as another one."),
    }
    return sentences.get(data["code"], _("This figure cannot be shown (%(code)s).", code=data["code"]))
