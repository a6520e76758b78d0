"""What stands behind the answers at the top: better ratings supposed, who answered, and how carefully."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from survey_app.reports.presenting.shown import Data, difference, figure, interval, is_estimate, is_refusal, refusal
from survey_app.web.filters import number, percent


def what_if(supposed: Data | None, measure: str) -> str | None:
    """Return what goes with one point more for the driver to fix first, worded as what goes together."""
    if not supposed or is_refusal(supposed):
        return None
    return _(
        "Where its ratings are one point better, the outcome tends to be %(then)s instead of %(now)s: %(change)s "
        "(95 %% interval %(interval)s). That goes together; it is no promise of what a change would cause.",
        then=figure(supposed["then"]["value"], measure),
        now=figure(supposed["now"]["value"], measure),
        change=difference(supposed["change"]["value"], measure),
        interval=interval(supposed["change"], measure, of_difference=True),
    )


def mix(group: Data, measure: str) -> list[str]:
    """Return how much of the latest change comes from other people answering, and a reversal where there is one."""
    shift = group.get("mix")
    if not shift or is_refusal(shift) or not is_estimate(shift.get("total")):
        return []
    said = [
        _(
            "Of the latest change of %(total)s, %(rate)s come from how these groups answer and %(mix)s from other "
            "shares of them among the answers (95 %% interval %(interval)s).",
            total=difference(shift["total"]["value"], measure),
            rate=difference(shift["rate"]["value"], measure),
            mix=difference(shift["mix"]["value"], measure),
            interval=interval(shift["mix"], measure, of_difference=True),
        )
    ]
    turned = shift["reversal"]
    if turned and turned["is_certain"] is not False:
        said.append(
            _(
                "Look twice: %(n)s of %(all)s groups move one way while the total moves the other, because the mix of "
                "those who answer has changed (Simpson's paradox).",
                n=number(len(turned["segments"])),
                all=number(turned["n_segments"]),
            )
        )
    return said


def care(found: Data | None, measure: str) -> list[str]:
    """Return how many responses look careless, and what the figure would be without them."""
    if not found or "suspected" not in found or not is_estimate(found["suspected"]):
        return []
    n = int(found["n_suspected"])
    if not n:
        return [_("No response shows signs of careless answering.")]
    said = [
        ngettext(
            "%(num)s response shows signs of careless answering (%(share)s). It is counted all the same.",
            "%(num)s responses show signs of careless answering (%(share)s). They are counted all the same.",
            n,
            share=percent(found["suspected"]["value"], 1),
        )
    ]
    beside = found["without"]
    if is_estimate(beside["everybody"]) and is_estimate(beside["without_marked"]):
        said.append(
            _(
                "Without them the figure would be %(without)s instead of %(all)s.",
                without=figure(beside["without_marked"]["value"], measure),
                all=figure(beside["everybody"]["value"], measure),
            )
        )
    elif is_refusal(beside["without_marked"]):
        said.append(refusal(beside["without_marked"]))
    return said


def told_themes(entry: Data) -> list[Data]:
    """Return the themes of an open question whose differences can be told."""
    effects = entry.get("themes", {}).get("effects", [])
    return [each for each in effects if is_estimate(each["impact"])]


def mark_name(code: str) -> str:
    """Return what a mark on a response is called."""
    return {
        "straight-line": _("The same answer to every rating"),
        "straight-line-despite-reversed": _("The same answer to ratings worded the other way round"),
        "long-run": _("A long run of equal ratings"),
        "speeding": _("Much faster than others"),
        "too-fast-to-read": _("Too fast to have been read"),
        "twin-answers": _("The very same answers as another response"),
        "repeated-customer": _("Not the first response of this customer"),
        "repeated-text": _("The same text as another response"),
        "contradiction": _("Answers that contradict each other"),
        "rule-broken": _("Answers that cannot go together"),
        "unusual-pattern": _("A very unusual pattern of ratings"),
        "halves-disagree": _("Two halves of the ratings that disagree"),
        "many-missing": _("Many questions left blank"),
        "many-dont-know": _("Many answers “don't know”"),
    }.get(code, code)
