"""Letters on paper: a page per person with the address where it is known, the invitation's words, and a QR code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.mail.merging import Recipient, merged
from survey_app.campaigns.mail.texts import parts_in
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.queries import find_campaign
from survey_app.campaigns.reaching.handing_over import Handed, links_of
from survey_app.campaigns.reaching.posters import QUIET_ZONE, CodePath, code_path
from survey_app.questionnaires.models import Survey
from survey_app.questionnaires.printing import PrintError
from survey_app.web.languages import text_direction

WHAT = "letters"
# More pages would keep a worker busy for minutes; the next order makes the next letters.
MOST_LETTERS = 200
# The attributes whose values make an address, line by line, where an installation has them.
ADDRESS_LINES = (("street",), ("address",), ("address_2",), ("postal_code", "city"), ("region",), ("country",))
STYLE = (
    "@page{size:A4;margin:20mm}body{margin:0;font:11pt/1.5 sans-serif}"
    "article{break-after:page}article:last-child{break-after:auto}"
    ".to{min-height:45mm;padding-top:25mm;white-space:pre-line}"
    ".code{display:flex;gap:8mm;align-items:center;margin:8mm 0}"
    ".code svg{width:42mm;height:42mm;flex:none}.link{word-break:break-all}p{white-space:pre-line}"
)


@dataclass(frozen=True, slots=True)
class PaperLetter:
    """What stands on one person's page."""

    language: str
    direction: str
    address: str
    greeting: str
    body: str
    closing: str
    link: str
    code: CodePath
    quiet: int = QUIET_ZONE


def compose(_survey: Survey, order: dict[str, Any]) -> str:
    """Return the letters as an HTML document for paper; raise PrintError where the campaign is gone."""
    campaign = find_campaign(int(order["campaign_id"]))
    links = links_of(campaign, [int(each) for each in order["ids"]][:MOST_LETTERS]) if campaign else []
    if campaign is None or not links:
        raise PrintError(_("There is nobody to write a letter to any more."))
    letters = [_letter(campaign, each) for each in links]
    return render_template("campaigns/letters.html", letters=letters, title=campaign.name, style=STYLE)


def address_of(name: str, company: str, attributes: Mapping[str, Any]) -> str:
    """Return the address as it stands in a letter's window: name, company, and the lines that are known."""
    lines = [" ".join(str(attributes[code]) for code in codes if attributes.get(code)) for codes in ADDRESS_LINES]
    return "\n".join(line for line in (name, company, *lines) if line)


def _letter(campaign: Campaign, each: Handed) -> PaperLetter:
    texts = parts_in(campaign.texts, each.language)
    reader = Recipient(each.name, get_organisation().name, each.language, each.company, each.attributes)
    return PaperLetter(
        language=each.language,
        direction=text_direction(each.language),
        address=address_of(each.name, each.company, each.attributes),
        greeting=merged(texts["greeting"], reader),
        body=merged(texts["body"], reader),
        closing=merged(texts["closing"], reader),
        link=each.link,
        code=code_path(each.link),
    )
