"""Where LimeSurvey's settings are decided here: a setting that is lost is told with the place to look at."""

from __future__ import annotations

from flask_babel import gettext as _

from survey_app.questionnaires.interchange.accounting import brief

_SECRET = ("pass", "mail", "user", "host", "admin", "key", "encrypt")
_OF_CAMPAIGNS = frozenset(
    {
        "startdate",
        "expires",
        "usetokens",
        "tokenlength",
        "htmlemail",
        "sendconfirmation",
        "allowregister",
        "alloweditaftercompletion",
        "tokenanswerspersistence",
        "usecookie",
        "listpublic",
        "usecaptcha",
        "access_mode",
        "attributedescriptions",
    }
)
_OF_LOOKS = frozenset(
    {
        "template",
        "showprogress",
        "showxquestions",
        "showgroupinfo",
        "showqnumcode",
        "shownoanswer",
        "showwelcome",
        "questionindex",
        "navigationdelay",
        "nokeyboard",
        "surveyls_dateformat",
        "surveyls_numberformat",
    }
)
_OF_RESPONSES = frozenset(
    {
        "allowsave",
        "allowprev",
        "savetimings",
        "savequotaexit",
        "datestamp",
        "ipaddr",
        "ipanonymize",
        "refurl",
        "printanswers",
        "publicstatistics",
        "publicgraphs",
        "autoredirect",
        "autonumber_start",
        "assessments",
    }
)


def loss_of_setting(key: str, value: str) -> str:
    """Return why a setting is lost, and where the same is decided here."""
    shown = "…" if any(word in key for word in _SECRET) else brief(value, 60)
    if key in _OF_CAMPAIGNS or any(word in key for word in ("mail", "bounce", "admin")):
        return _("Who may answer, when, and every mail are set in the campaign.")
    if key in _OF_LOOKS:
        return _("Pages of ours have one look; logo and colours are chosen under Look.")
    if key in _OF_RESPONSES:
        return _("Answers are always saved, changed and counted in the same way here.")
    if key == "surveyls_url":
        return _("Nobody is sent on to “%(value)s”: put the address into the thanks.", value=shown)
    return _("“%(value)s” has no counterpart.", value=shown)
