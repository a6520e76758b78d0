"""Split ballots in words: which form gives other answers, and whether the forms may share a trend."""

from __future__ import annotations

from flask_babel import gettext as _
from markupsafe import Markup

from survey_app.reports.presenting.shown import (
    Data,
    difference,
    figure,
    interval,
    is_estimate,
    is_refusal,
    label_of,
    measure_name,
    refusal,
)
from survey_app.web.charts import Bar, Words, interval_chart
from survey_app.web.filters import number

NO_CLEAR = "no-clear-change"


def title(ballot: Data) -> str:
    """Return what was asked in several forms."""
    if ballot["labels"]:
        return label_of(ballot["labels"], ballot["code"])
    # A battery has no wording of its own in the codebook; its forms have one where they differ in order alone.
    words = {label_of(each["labels"], "") for each in ballot["variants"]}
    return words.pop() if len(words) == 1 and words != {""} else _("“%(code)s”", code=ballot["code"])


def variant_name(code: str) -> str:
    """Return what one form is called."""
    return _("Variant %(code)s", code=code.upper() if len(code) == 1 else code)


def wording(ballot: Data, variant: Data) -> str:
    """Return the words of a form, or what is known of it where all forms have the same words."""
    words = label_of(variant["labels"], "")
    if not words:
        return ""
    alike = {label_of(each["labels"], "") for each in ballot["variants"]} == {words}
    return _("%(words)s (the forms differ in their order or hint)", words=words) if alike else words


def compared_name(compared: Data) -> str:
    """Return what is compared: an item, one of its options, whether it was answered, or the headline."""
    name = label_of(compared["labels"], compared["item"])
    if compared["option"]:
        return label_of(compared["option_labels"], compared["option"])
    if compared["is_answered"]:
        return _("Wrote an answer to “%(item)s”", item=name)
    return _("What comes after it: %(item)s", item=name) if compared["is_headline"] else name


def measure_of(compared: Data) -> str:
    """Return what the compared figure is called."""
    return _("Share who answered") if compared["is_answered"] else measure_name(compared["measure"], compared["kind"])


def shares(compared: Data) -> str:
    """Return the figures of all forms in one line, in which a withheld one has a dash."""
    told = [
        (variant_name(each["variant"]), each["estimate"].get("value"), each["estimate"]["base"]["n"])
        for each in compared["figures"]
    ]
    return ", ".join(
        _("%(variant)s: %(figure)s of %(n)s", variant=name, figure=figure(value, compared["measure"]), n=number(n))
        for name, value, n in told
    )


def findings(ballot: Data) -> list[str]:
    """Return what the ballot shows: lost people first, then every clear difference, else that there is none."""
    clear = [sentence(each, pair) for each in ballot["compared"] for pair in each["pairs"] if is_clear(pair)]
    tested = [pair for each in ballot["compared"] for pair in each["pairs"] if not is_refusal(pair["difference"])]
    said = [*balance(ballot), *clear]
    if clear:
        return said
    if not tested:
        refused = [pair["difference"] for each in ballot["compared"] for pair in each["pairs"]]
        return [*said, *(refusal(each) for each in refused[:1])]
    if len(tested) == 1:
        only = next(each for each in ballot["compared"] if tested[0] in each["pairs"])
        return [*said, sentence(only, tested[0])]
    return [*said, _("No clear difference between the forms. That does not prove that they are alike.")]


def has_news(ballot: Data) -> bool:
    """Return whether a ballot shows a clear difference, or a form that lost people."""
    return bool(balance(ballot)) or any(is_clear(pair) for each in ballot["compared"] for pair in each["pairs"])


def is_clear(pair: Data) -> bool:
    """Return whether two forms differ beyond chance, all ballots being tested together."""
    return not is_refusal(pair["difference"]) and pair["difference"]["verdict"] != NO_CLEAR


def sentence(compared: Data, pair: Data) -> str:
    """Return what the difference of two forms means."""
    data, measure = pair["difference"], compared["measure"]
    if is_refusal(data):
        return refusal(data)
    words = {
        "item": _about(compared),
        "first": variant_name(pair["first"]),
        "second": variant_name(pair["second"]),
        "interval": interval(data["estimate"], measure, of_difference=True),
    }
    value = data["estimate"]["value"]
    if data["verdict"] != NO_CLEAR:
        size = difference(abs(value), measure).removeprefix("+")
        return _clear(data["verdict"], words | {"by": size, "unit": _unit(measure)})
    return _(
        "No clear difference between %(first)s and %(second)s for %(item)s (%(difference)s, 95 %% interval "
        "%(interval)s). That does not prove that they are alike.",
        **words,
        difference=difference(value, measure),
    )


def _clear(verdict: str, words: dict[str, str]) -> str:
    if verdict == "clearly-up":
        return _(
            "%(second)s gives %(by)s %(unit)s more than %(first)s for %(item)s (95 %% interval of the difference "
            "%(interval)s): don't mix them in one trend.",
            **words,
        )
    return _(
        "%(second)s gives %(by)s %(unit)s less than %(first)s for %(item)s (95 %% interval of the difference "
        "%(interval)s): don't mix them in one trend.",
        **words,
    )


def _about(compared: Data) -> str:
    """Return what is compared, as it stands inside a sentence."""
    name = label_of(compared["labels"], compared["item"])
    if compared["option"]:
        return _("“%(item)s”", item=label_of(compared["option_labels"], compared["option"]))
    if compared["is_answered"]:
        return _("having answered “%(item)s”", item=name)
    return _("“%(item)s”, asked later,", item=name) if compared["is_headline"] else _("“%(item)s”", item=name)


def balance(ballot: Data) -> list[str]:
    """Return a warning where one form lost more people than chance explains, else nothing."""
    found = ballot["balance"]
    if is_refusal(found) or found["is_even"]:
        return []
    sizes = ", ".join(f"{variant_name(code)} {number(n)}" for code, n in found["counts"].items())
    return [
        _(
            "The forms were given out in equal shares, but the completed answers are not (%(sizes)s; p %(p)s): one "
            "form may make people give up. Read the differences with care.",
            sizes=sizes,
            p=p_value(found["p_value"]),
        )
    ]


def p_value(value: float | None) -> str:
    """Return a p-value, small ones as an upper bound."""
    if value is None:
        return number(None)
    return _("below %(bound)s", bound=number(0.001, 3)) if value < 0.001 else number(value, 3)  # noqa: PLR2004 - shown so


def deciding_p(data: Data) -> float | None:
    """Return the adjusted p-value that decides: of the test, or of the second test where that is larger."""
    known: list[float] = [each for each in (data["p_adjusted"], data["p_confirming"]) if each is not None]
    return max(known, default=None)


def chart(compared: Data) -> Markup | None:
    """Return the figures of all forms with their intervals, or nothing where a base is too small."""
    measure = compared["measure"]
    figures = [each for each in compared["figures"] if is_estimate(each["estimate"])]
    if len(figures) != len(compared["figures"]):
        return None
    rows = [_bar(each) for each in figures]
    told = ", ".join(f"{row.name}: {figure(row.value, measure)}" for row in rows)
    words = Words(compared_name(compared), _("%(figures)s; the lines show 95 %% intervals.", figures=told))
    return interval_chart(rows, words, lambda value: figure(value, measure))


def _bar(entry: Data) -> Bar:
    data = entry["estimate"]
    ends = data["interval"] or {}
    return Bar(variant_name(entry["variant"]), data["value"], ends.get("low"), ends.get("high"))


def _unit(measure: str) -> str:
    return _("percentage points") if measure == "top-box" else _("points")
