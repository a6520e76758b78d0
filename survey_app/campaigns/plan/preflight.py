"""The list that is gone through before sending: what is fine, what to look at, what must be mended, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from analysis.values.fieldwork import HoldReason
from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.audience.deciding import Preview
from survey_app.campaigns.labels import language_name
from survey_app.campaigns.mail.gaps import gaps_of
from survey_app.campaigns.mail.merging import unknown_fields
from survey_app.campaigns.mail.samples import sample_mail
from survey_app.campaigns.mail.texts import LINK, words_of
from survey_app.campaigns.models import Campaign, Invitation
from survey_app.campaigns.plan import sender_domain
from survey_app.campaigns.plan.overview import plan_steps
from survey_app.campaigns.plan.sender_domain import SenderDomain, Shown
from survey_app.extensions import db
from survey_app.outbox.building import build
from survey_app.outbox.mail import Mail
from survey_app.questionnaires.queries import questionnaire_of
from survey_app.web.filters import clock, file_size, number

FINE, LOOK, MEND = "fine", "look", "mend"
# Three parts; gateways charge for each.
LONGEST_SMS = 459
# Some mail programs cut longer mails off.
LARGEST_MAIL = 100 * 1024
_ADDRESS = re.compile(r"""\bhref=["']([^"']*)["']""")
_FREQUENCY = (HoldReason.RECENTLY_ASKED, HoldReason.ASKED_TOO_OFTEN, HoldReason.ANSWERED_RECENTLY)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: how grave it is, what was found, and where it is mended."""

    level: str
    text: str
    mend_url: str = ""
    mend_text: str = ""


def preflight(campaign: Campaign, found: Preview, now: datetime) -> list[Finding]:
    """Return every line, what must be mended first; looking at DNS takes two seconds at most."""
    lines = [*_plan(campaign, now), *_people(campaign, found), *_mails(campaign, now), *_readers(campaign, now)]
    lines += [*_domain(campaign), *_tried(campaign)]
    return sorted(lines, key=lambda line: (MEND, LOOK, FINE).index(line.level))


def _plan(campaign: Campaign, now: datetime) -> Iterator[Finding]:
    labels = {
        "audience": _("Change the audience"),
        "message": _("Change the wording"),
        "schedule": _("Change the plan"),
    }
    for step in plan_steps(campaign, now):
        for missing in step.missing:
            yield Finding(MEND, missing, url_for(f"campaigns.{step.name}", campaign_id=campaign.id), labels[step.name])


def _people(campaign: Campaign, found: Preview) -> Iterator[Finding]:
    where = {
        "mend_url": url_for("campaigns.audience", campaign_id=campaign.id),
        "mend_text": _("Look at the audience"),
    }
    if not found.n_sendable:
        yield Finding(MEND, _("Nobody would get a mail. Look at the audience to see why."), **where)
        return
    n = sum(found.held_back.get(reason, 0) for reason in _FREQUENCY)
    if n:
        held = ngettext("The contact rules hold %(num)s person back.", "The contact rules hold %(num)s people back.", n)
        yield Finding(LOOK, held, **where)
    else:
        yield Finding(FINE, _("Nobody is asked more often than the contact rules allow."))


def _mails(campaign: Campaign, now: datetime) -> Iterator[Finding]:
    languages = questionnaire_of(campaign.version).languages
    channel = campaign.contact_channel
    texts = [text for language in languages for text in words_of(campaign.texts, language, channel).values()]
    unknown = unknown_fields([text.replace(LINK, "") for text in texts])
    where = {"mend_url": url_for("campaigns.message", campaign_id=campaign.id), "mend_text": _("Change the wording")}
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in unknown)
        yield Finding(LOOK, _("%(names)s will be shown as it stands.", names=names), **where)
    if channel == "sms":
        yield _length_of({language: sample_mail(campaign, language) for language in languages})
    if channel != "mail" or not _has_sender():
        return
    mails = {language: sample_mail(campaign, language) for language in languages}
    yield _parts_of(mails)
    yield _links_of(mails, where)
    size = max(len(build(mail, "<preview@example.com>", now)) for mail in mails.values())
    if size > LARGEST_MAIL:
        yield Finding(
            LOOK, _("The largest mail has %(size)s. Some mail programs cut it off.", size=file_size(size)), **where
        )
    else:
        yield Finding(FINE, _("The largest mail has %(size)s, which no mail program cuts off.", size=file_size(size)))


def _length_of(messages: dict[str, Mail]) -> Finding:
    """Say how long the text messages are: gateways charge by the part."""
    n = max(len(message.text) for message in messages.values())
    text = _("The longest text message has about %(n)s characters, the links included.", n=number(n))
    return Finding(LOOK if n > LONGEST_SMS else FINE, text)


def _parts_of(mails: dict[str, Mail]) -> Finding:
    wrong = [language for language, mail in mails.items() if not mail.text.strip() or not mail.unsubscribe_url]
    if wrong:
        names = ", ".join(language_name(each) for each in wrong)
        return Finding(
            MEND, _("The mail in %(languages)s lacks a text part or the way to unsubscribe.", languages=names)
        )
    return Finding(FINE, _("Every mail has a text part and can be unsubscribed from with one click."))


def _links_of(mails: dict[str, Mail], where: dict[str, str]) -> Finding:
    ours = current_app.config["SURVEY_SETTINGS"].public_url
    found = {address for mail in mails.values() for address in _ADDRESS.findall(mail.html)}
    unsafe = sorted(each for each in found if not each.startswith((ours, "https://", "mailto:", "tel:")))
    if unsafe:
        return Finding(LOOK, _("This link is not safe: %(link)s", link=unsafe[0][:200]), **where)
    n = len(found)
    return Finding(FINE, ngettext("%(num)s link, and it is safe.", "%(num)s links, and all are safe.", n))


def _readers(campaign: Campaign, now: datetime) -> Iterator[Finding]:
    gaps = gaps_of(campaign, now)
    where = {"mend_url": url_for("campaigns.message", campaign_id=campaign.id), "mend_text": _("Change the wording")}
    for name, n in gaps.empty.items():
        words = {"n": number(n), "field": f"{{{name}}}"}
        yield Finding(
            LOOK, _("%(field)s stays empty for %(n)s people, unless you say what stands there.", **words), **where
        )
    if not gaps.empty:
        yield Finding(FINE, _("No merge field stays empty for anybody."))
    if gaps.n_other_language:
        n_other = number(gaps.n_other_language)
        yield Finding(LOOK, _("%(n)s people speak a language the questionnaire doesn't have.", n=n_other))


def _domain(campaign: Campaign) -> Iterator[Finding]:
    if campaign.contact_channel != "mail" or not _has_sender():
        return
    address = get_organisation().sender_address
    checks: sender_domain.DomainChecks = current_app.extensions[sender_domain.EXTENSION]
    found = checks.of(address.rpartition("@")[2], datetime.now(UTC))
    yield Finding(FINE, _("The mails come from %(address)s.", address=address))
    if found.spf is Shown.RESERVED:
        yield Finding(
            LOOK, _("%(domain)s is a domain for examples. Real mail needs one of your own.", domain=found.domain)
        )
        return
    yield from _protections(found)


def _protections(found: SenderDomain) -> Iterator[Finding]:
    words = {
        "SPF": {
            Shown.FOUND: _("says which servers may send for it"),
            Shown.MISSING: _("does not say which servers may send for it. Add a TXT record v=spf1 …"),
            Shown.WEAK: _("says so twice, which counts as not at all. Keep one TXT record v=spf1 …"),
        },
        "DKIM": {
            Shown.FOUND: _("has keys for signatures, as far as can be seen without knowing their name"),
            Shown.MISSING: _("has no keys for signatures. Let your mail server sign, and publish its key"),
        },
        "DMARC": {
            Shown.FOUND: _("says what to do with forged mail"),
            Shown.MISSING: _("does not say what to do with forged mail. Add a TXT record at _dmarc: v=DMARC1; p=…"),
            Shown.WEAK: _("asks nobody to refuse forged mail (p=none)"),
        },
    }
    when = clock(found.looked_at)
    for name, shown in (("SPF", found.spf), ("DKIM", found.dkim), ("DMARC", found.dmarc)):
        said = words[name].get(shown, _("could not be looked up; that does not stop the mails"))
        text = _(
            "%(name)s: %(domain)s %(said)s (looked up at %(when)s).",
            name=name,
            domain=found.domain,
            said=said,
            when=when,
        )
        yield Finding(FINE if shown is Shown.FOUND else LOOK, text)


def _tried(campaign: Campaign) -> Iterator[Finding]:
    statement = select(func.count()).where(Invitation.campaign_id == campaign.id, Invitation.is_test)
    if db.session.scalar(statement):
        yield Finding(FINE, _("A test mail was sent."))
    else:
        where = url_for("campaigns.mail", campaign_id=campaign.id)
        yield Finding(LOOK, _("Nobody has looked at a test mail yet."), where, _("Send a test"))


def _has_sender() -> bool:
    return "@" in get_organisation().sender_address
