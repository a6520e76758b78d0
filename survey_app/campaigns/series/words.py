"""A series in words: when it runs or what it follows, and why a run or an event came to nothing."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from survey_app.campaigns.models import Series
from survey_app.conditions.rules import fields_of
from survey_app.conditions.sentences import sentence
from survey_app.customers.fields import known_fields
from survey_app.customers.segments import labels_of

NOTES: dict[str, LazyString] = {
    "missed": _l("Missed, because nothing was running then. It is not made up."),
    "stopped": _l("Left out, because the series was stopped."),
    "nobody": _l("Nobody could be asked, so nothing was sent."),
}
STATES: dict[str, LazyString] = {
    "waiting": _l("Waiting for its time"),
    "invited": _l("Asked"),
    "held-back": _l("Held back"),
}
REASONS: dict[str, LazyString] = {
    "already-asked": _l("asked in this wave already"),
    "not-meant": _l("the condition does not hold"),
    "stopped": _l("the series was stopped"),
    "wave-paused": _l("the wave is paused"),
    "wave-closed": _l("the wave is closed"),
}
FINDINGS: dict[str, LazyString] = {
    "audience-not-invited": _l("An audience is not invited, and nobody is at it"),
    "invitation-without-mail": _l("People are to be written to, and no mail stands ready"),
    "mail-overdue": _l("Mails should have gone an hour ago"),
    "import-not-running": _l("An import should be running and is not"),
    "run-missing": _l("A wave should have begun and has not"),
    "run-missed": _l("Waves were missed"),
    "event-overdue": _l("Surveys after something happened should have gone an hour ago"),
}


# What a condition may say of the event itself.
HAPPENED: dict[str, LazyString] = {
    "happened.value": _l("Its value"),
    "happened.channel": _l("Its channel"),
    "happened.product": _l("Its product"),
    "happened.location": _l("Its location"),
    "happened.campaign": _l("Its marketing campaign"),
}


def condition_words(series: Series) -> str:
    """Return the condition of a trigger as a sentence, or nothing."""
    tree = series.rule.get("condition")
    if not tree:
        return ""
    labels = labels_of(known_fields(fields_of(tree))) | {name: str(label) for name, label in HAPPENED.items()}
    return sentence(tree, labels)


def rule_words(series: Series) -> str:
    """Return when a series runs, or what it follows."""
    return _recurring(series) if series.kind == "recurring" else _triggered(series)


def _recurring(series: Series) -> str:
    n, rule = int(series.rule.get("every", 1)), series.rule
    every = {
        "days": ngettext("Every day", "Every %(num)s days", n),
        "weeks": ngettext("Every week", "Every %(num)s weeks", n),
        "months": ngettext("Every month", "Every %(num)s months", n),
        "quarters": ngettext("Every quarter", "Every %(num)s quarters", n),
    }[rule["unit"]]
    zone = rule.get("fallback") or rule["zone"]
    if rule.get("fallback"):
        when = _("at %(time)s in each recipient's own time zone, else %(zone)s", time=rule["at"], zone=zone)
    else:
        when = _("at %(time)s in %(zone)s", time=rule["at"], zone=zone)
    parts = int(rule.get("parts", 1))
    asked = _("one of %(n)s parts of the base each time", n=parts) if parts > 1 else _("the whole base")
    return _("%(every)s, %(when)s: %(asked)s.", every=every, when=when, asked=asked)


def _triggered(series: Series) -> str:
    minutes = int(series.rule.get("delay_minutes", 0))
    if not minutes:
        return _("At once after each interaction of the kind “%(kind)s”.", kind=series.rule["kind"])
    delay = _delay(minutes)
    return _("%(delay)s after each interaction of the kind “%(kind)s”.", delay=delay, kind=series.rule["kind"])


def _delay(minutes: int) -> str:
    if minutes and not minutes % 1440:
        return str(ngettext("%(num)s day", "%(num)s days", minutes // 1440))
    if minutes and not minutes % 60:
        return str(ngettext("%(num)s hour", "%(num)s hours", minutes // 60))
    return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
