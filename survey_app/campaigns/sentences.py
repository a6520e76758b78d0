"""What the pages say of pauses, pilots, two wordings and mail servers, in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from survey_app.campaigns.figures.refusals import Meaning
from survey_app.campaigns.sending.experiments import ExperimentVerdict, Measure
from survey_app.campaigns.sending.gates import GateVerdict, PauseReason

# Why a campaign paused by itself, and how to go on.
PAUSES = {
    PauseReason.RETURNED: (
        _l("Too many mails came back, so sending paused by itself."),
        _l(
            "Look at what mail servers said below, and mend or leave out the addresses. Then resume: from there on "
            "only what comes back anew counts."
        ),
    ),
    PauseReason.COMPLAINED: (
        _l("Too many people reported the mail as spam, so sending paused by itself."),
        _l(
            "Look at whom you write to, why they should expect it, and at the wording. Then resume, or stop for "
            "good: mailbox providers remember complaints."
        ),
    ),
    PauseReason.NOBODY: (
        _l("When its time came, nobody in the audience could be written to, so nothing was sent."),
        _l("Look at the audience to see why. Then resume, or close the campaign."),
    ),
}
GATE_VERDICTS = {
    GateVerdict.PASSED: _l("The pilot met every condition, and the rest is being sent."),
    GateVerdict.COMPLAINED: _l("Somebody complained about the pilot, so the rest waits for your decision."),
    GateVerdict.TOO_MANY_RETURNED: _l("More of the pilot came back than was allowed, so the rest waits."),
    GateVerdict.TOO_FEW_DELIVERED: _l("Fewer mails of the pilot were delivered than was asked for, so the rest waits."),
    GateVerdict.TOO_FEW_STARTED: _l("Fewer people of the pilot began to answer than was asked for, so the rest waits."),
}
MEASURES = {
    Measure.STARTED: _l("Began to answer"),
    Measure.FINISHED: _l("Finished"),
}
EXPERIMENT_VERDICTS = {
    ExperimentVerdict.A_BETTER: _l("The first wording is clearly better."),
    ExperimentVerdict.B_BETTER: _l("The second wording is clearly better."),
    ExperimentVerdict.NOT_CLEAR: _l("Neither wording is clearly better: chance alone can bring such a difference."),
    ExperimentVerdict.TOO_FEW: _l("There are too few answers yet to tell the wordings apart."),
}
WORDINGS = {"a": _l("First wording"), "b": _l("Second wording")}
# What a mail server's answer means, and what to do.
MEANINGS = {
    Meaning.NO_SUCH_ADDRESS: (_l("There is no such address"), _l("It is not written to again. Ask for a new one.")),
    Meaning.MAILBOX_FULL: (_l("The mailbox is full"), _l("Nothing to do: it is tried again for a while.")),
    Meaning.POLICY: (
        _l("The server refuses our mail"),
        _l("Ask whoever runs your mail about SPF, DKIM, DMARC and block lists; nobody's address is at fault."),
    ),
    Meaning.TOO_FAST: (_l("The server wants fewer mails at a time"), _l("Set a slower pace; it is tried again.")),
    Meaning.SIGNING_IN: (
        _l("Our mail server does not let us in"),
        _l("Ask whoever runs this installation to check its name and password at the mail server."),
    ),
    Meaning.OUT_OF_REACH: (
        _l("The mail server is out of reach"),
        _l("It is tried again; if this lasts, tell whoever runs it."),
    ),
    Meaning.UNSAFE_CONNECTION: (
        _l("The connection to the mail server is not safe"),
        _l("Its certificate is wrong, so nothing is sent. Tell whoever runs it."),
    ),
    Meaning.LATER: (_l("The server asks us to come back later"), _l("Nothing to do: it is tried again.")),
    Meaning.NOT_BUILT: (_l("The mail could not be written"), _l("Tell whoever runs this installation.")),
    Meaning.REFUSED: (_l("The server refused the mail for good"), _l("Read its answer; it can be tried again below.")),
}
MAIL_STATES = {
    "queued": _l("Queued"),
    "sending": _l("Being sent"),
    "sent": _l("Sent"),
    "deferred": _l("Put off by a server, to be tried again"),
    "bounced": _l("Came back"),
    "failed": _l("Refused for good"),
    "held_back": _l("Held back"),
    "cancelled": _l("Cancelled"),
}
WEEKDAYS = {
    1: _l("Monday"),
    2: _l("Tuesday"),
    3: _l("Wednesday"),
    4: _l("Thursday"),
    5: _l("Friday"),
    6: _l("Saturday"),
    7: _l("Sunday"),
}
