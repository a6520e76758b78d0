"""The four answers at the top of a report: how are we, is it changing, why, what to fix first."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from survey_app.reports.presenting.names import period_name
from survey_app.reports.presenting.shown import (
    Data,
    difference,
    figure,
    interval,
    is_estimate,
    is_refusal,
    label_of,
    refusal,
)
from survey_app.web.filters import number, percent

# A step further back than this is history: it stands in the chart, not among the answers.
RECENT_STEPS = 3
ENDS = ("earlier_first", "earlier_last", "later_first", "later_last")
VERDICTS = {"clearly-up": "up", "clearly-down": "down", "no-clear-change": "level"}


def headline(entry: Data) -> Data:
    """Return the figure in large, and the sentence that carries its interval and base."""
    first = entry["figures"][0]
    data, measure = first["weighted"], first["measure"]
    if not is_estimate(data):
        return {"value": None, "sentence": refusal(data)}
    return {
        "value": figure(data["value"], measure),
        "sentence": _(
            "With 95 %% confidence between %(low)s and %(high)s, from %(n)s answers.",
            low=figure(data["interval"]["low"], measure),
            high=figure(data["interval"]["high"], measure),
            n=number(data["base"]["n"]),
        ),
    }


def change(entries: list[Data], by: str, label: str) -> Data:
    """Return the verdict on change, and the sentences with its evidence."""
    entry = entries[0]
    if len(entry["asked_in"]) <= 1:
        return _asked_once(entry, by, label)
    looks = [each for each in entry["trend"].get("looks", []) if _is_told(each, entry)]
    if not looks:
        return {"verdict": None, "sentences": [refusal(entry["trend"]["test"])]}
    # What is clear is said first; the sort keeps the order of the others.
    looks.sort(key=lambda each: each["verdict"] == "no-clear-change")
    return {
        "verdict": VERDICTS[looks[0]["verdict"]],
        "is_better": looks[0]["is_better"],
        "sentences": [_LOOKS[each["kind"]](entry, by, each) for each in looks],
    }


def _is_told(look: Data, entry: Data) -> bool:
    """Return whether a look has something of its own to say: a step where it is clear, recent and no repetition."""
    if look["kind"] != "step":
        return True
    recent = entry["trend"]["steps"][-RECENT_STEPS:]
    step = _largest_step(entry)
    return look["verdict"] != "no-clear-change" and step in recent and _pair(step) != entry["trend"]["compared"]


def drivers(result: Data | None, labels: Data) -> str:
    """Return the sentence that names what goes most closely with the outcome."""
    if not result or is_refusal(result):
        return refusal(result or {"code": "too-few-drivers"})
    model = result["model"]
    names = [f"“{label_of(labels.get(each['code']), each['code'])}”" for each in model["drivers"][:3]]
    share = percent(model["r_squared"]["value"])
    if len(names) == 3:  # noqa: PLR2004 - the three strongest
        return _(
            "%(first)s, %(second)s and %(third)s go most closely with it. Together all drivers account for %(share)s "
            "of the differences between answers.",
            first=names[0],
            second=names[1],
            third=names[2],
            share=share,
        )
    return _(
        "%(first)s goes most closely with it. Together all drivers account for %(share)s of the differences.",
        first=names[0],
        share=share,
    )


def fix_first(result: Data | None, labels: Data) -> Data:
    """Return the driver to mend first with its evidence, or why none is named."""
    if not result or is_refusal(result):
        return {"name": None, "sentence": refusal(result or {"code": "too-few-drivers"})}
    map_ = result["importance_performance"]
    if map_["fix_first"] is None:
        return {"name": None, "sentence": _not_named(map_["reason"])}
    code = map_["fix_first"]
    driver = next(each for each in result["model"]["drivers"] if each["code"] == code)
    point = next(each for each in map_["points"] if each["code"] == code)
    return {
        "name": label_of(labels.get(code), code),
        "sentence": _(
            "It ranks %(rank)s of %(drivers)s in importance (%(share)s of what the drivers explain) and reaches "
            "%(performance)s of 100 points of performance; %(n)s ratings.",
            rank=number(driver["rank"]),
            drivers=number(len(result["model"]["drivers"])),
            share=percent(driver["share"]),
            performance=number(point["index"]["value"]),
            n=number(driver["answers"]["n_rated"]),
        ),
    }


def _asked_once(entry: Data, by: str, label: str) -> Data:
    if not entry["not_asked_in"]:
        return {
            "verdict": None,
            "sentences": [_("All answers are from one period, so there is no change to show yet.")],
        }
    sentence = _(
        "“%(item)s” was asked in %(asked)s only, not in %(others)s, so there is no change to show.",
        item=label,
        asked=", ".join(period_name(each, by) for each in entry["asked_in"]),
        others=", ".join(period_name(each, by) for each in entry["not_asked_in"]),
    )
    return {"verdict": None, "sentences": [sentence]}


def _over_time(entry: Data, by: str, look: Data) -> str:
    test = entry["trend"]["test"]
    slope = test["random"]["slope"]
    texts = {
        "week": _("per week over %(n)s weeks", n=number(test["n_periods"])),
        "month": _("per month over %(n)s months", n=number(test["n_periods"])),
        "wave": _("per wave over %(n)s waves", n=number(test["n_periods"])),
    }
    return _(
        "%(verdict)s: %(slope)s %(pace)s (95 %% interval %(interval)s).",
        verdict=verdict_words(look["verdict"]),
        slope=_amount(slope["value"], entry["measure"]),
        pace=texts[by],
        interval=interval(slope, entry["measure"], of_difference=True),
    )


def _of_halves(entry: Data, by: str, look: Data) -> str:
    halves = entry["trend"]["halves"]
    ends = {each: period_name(halves[each], by) for each in ENDS}
    return _(
        "%(later_first)s to %(later_last)s against %(earlier_first)s to %(earlier_last)s: %(verdict)s, %(change)s "
        "(95 %% interval %(interval)s).",
        verdict=verdict_words(look["verdict"]).lower(),
        change=_amount(halves["change"]["estimate"]["value"], entry["measure"]),
        interval=interval(halves["change"]["estimate"], entry["measure"], of_difference=True),
        **ends,
    )


def _latest(entry: Data, by: str, look: Data) -> str:
    return _from_to(entry["trend"]["latest_change"], entry["trend"]["compared"], look, (entry["measure"], by))


def _step(entry: Data, by: str, look: Data) -> str:
    step = _largest_step(entry)
    return _from_to(step["change"], _pair(step), look, (entry["measure"], by))


def _largest_step(entry: Data) -> Data:
    """Return the surest step, the one that its look is about."""

    def p_value(step: Data) -> float:
        return max(float(step["change"]["p_adjusted"]), float(step["change"]["p_confirming"] or 0))

    found: Data = min(entry["trend"]["steps"], key=p_value)
    return found


def _pair(step: Data) -> list[str]:
    return [step["before"], step["after"]]


def _from_to(found: Data, pair: list[str], look: Data, about: tuple[str, str]) -> str:
    """Return a difference between two periods as a sentence; `about` is its measure and grain."""
    measure, by = about
    before, after = (period_name(each, by) for each in pair)
    return _(
        "From %(before)s to %(after)s: %(verdict)s, %(change)s (95 %% interval %(interval)s, p = %(p)s).",
        before=before,
        after=after,
        verdict=verdict_words(look["verdict"]).lower(),
        change=_amount(found["estimate"]["value"], measure),
        interval=interval(found["estimate"], measure, of_difference=True),
        p=number(look["p_value"], 3),
    )


_LOOKS = {"line": _over_time, "halves": _of_halves, "latest": _latest, "step": _step}


def verdict_words(verdict: str) -> str:
    """Return a verdict in words; its rate of false alarms is 5 %."""
    return {
        "clearly-up": _("Clearly up"),
        "clearly-down": _("Clearly down"),
        "no-clear-change": _("No clear change"),
    }[verdict]


def _amount(value: float, measure: str) -> str:
    shown = difference(value, measure)
    if measure == "nps":
        return _("%(value)s points", value=shown)
    if measure == "top-box":
        return _("%(value)s percentage points", value=shown)
    return shown


def _not_named(reason: str) -> str:
    return {
        "no-weak-important-driver": _("No driver is both important and weak: keep up what you do."),
        "not-stable": _("No driver stands out surely enough yet: more answers will tell."),
        "wrong-direction": _("The weak drivers go with better outcomes here: look at the answers before you act."),
        "outcome-not-explained": _("The drivers asked about do not explain the outcome: look at the comments."),
    }.get(reason, _("No driver stands out surely enough yet: more answers will tell."))


def notes(result: Data | None) -> list[Any]:
    """Return the driver analysis' cautions as sentences."""
    if not result or is_refusal(result):
        return []
    said = {
        "not-applicable-as-indicator": _(
            "“Not applicable” entered each driver as an indicator of its own, so nobody who skipped a service is lost.",
        ),
        "blanks-imputed": _("Blank ratings were filled in several times by plausible values (multiple imputation)."),
        "complete-cases-only": _("Only people who rated everything are counted."),
        "collinear": _("Some drivers say nearly the same: their shares cannot be told apart well."),
        "aliased": _("Two drivers are copies of each other."),
        "halo": _("Most ratings move together (halo): shares may look more alike than they are."),
        "first-rank-not-settled": _("Which driver comes first is not settled: the intervals overlap."),
        "effective-base-small": _("After weighting the base is small: read the shares with care."),
        "outcome-not-explained": _("The drivers explain no more than chance would."),
        "association-not-effect": _(
            "Importance says what goes together with the outcome, not what a change would cause."
        ),
    }
    codes = [note["code"] for note in [*result["model"]["notes"], *result["notes"]]]
    return [said[code] for code in dict.fromkeys(codes) if code in said]
