"""The names of states, outcomes and reasons in the interface's languages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

IMPORT_STATES = {
    "uploaded": _l("not started"),
    "waiting": _l("waiting"),
    "running": _l("under way"),
    "done": _l("done"),
    "stopped": _l("stopped"),
    "refused": _l("refused"),
}
IMPORT_OUTCOMES = {"created": _l("new"), "changed": _l("changed"), "unchanged": _l("as it is")}
SUPPRESSION_REASONS = {
    "unsubscribed": _l("They unsubscribed."),
    "bounced": _l("Mail to this address came back."),
    "complained": _l("They reported our mail as unwanted."),
    "manual": _l("A member of staff took the address off."),
}
CONSENT_BASES = {
    "legitimate-interest": _l("legitimate interest"),
    "consent": _l("consent"),
    "objection": _l("objection"),
}
DUPLICATE_REASONS = {
    "address": _l("Same address"),
    "company": _l("Same name and company"),
    "phone": _l("Same name and telephone"),
}
CONTACT_STATES = {
    "unverified": _l("not tried yet"),
    "valid": _l("works"),
    "bounced": _l("mail came back"),
    "invalid": _l("does not work"),
}
CONTACT_CHANNELS = {"mail": _l("By mail"), "sms": _l("By text message"), "phone": _l("By telephone")}
CONSENT_PURPOSES = {
    "surveys": _l("surveys"),
    "relationship": _l("surveys by waves"),
    "transactional": _l("surveys about something that just happened"),
    "contact": _l("contact details"),
}
TEMPLATE_NAMES = {
    "contact_states": CONTACT_STATES,
    "contact_channels": CONTACT_CHANNELS,
    "consent_purposes": CONSENT_PURPOSES,
    "duplicate_reasons": DUPLICATE_REASONS,
    "import_states": IMPORT_STATES,
    "import_outcomes": IMPORT_OUTCOMES,
    "suppression_reasons": SUPPRESSION_REASONS,
    "consent_bases": CONSENT_BASES,
}
