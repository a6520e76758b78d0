"""Contact details that somebody gave and allowed to be kept go into the customer's record, with a trace of both."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from survey_app.accounts.operations import record
from survey_app.customers.address_changes import NewAddress, ask_to_confirm
from survey_app.customers.models import Customer
from survey_app.customers.operations import ConsentEntry, change_customer, record_consent
from survey_app.customers.rules import CustomerError, CustomerRecord
from survey_app.questionnaires.definition import Item, ItemType, Questionnaire, text_in
from survey_app.questionnaires.rendering.contacts import CONSENT, record_of
from survey_app.responses.models import Response

PURPOSE = "contact"


def apply_contact_details(response: Response, questionnaire: Questionnaire) -> None:
    """Bring the customer's record up to date with what the person agreed to; other surveys than identified ones never.

    Runs when a response is completed or corrected; details already on the record change nothing.
    """
    agreed = [item for item in questionnaire.items if item.type is ItemType.CONTACT and _is_agreed(response, item)]
    if not agreed or response.customer_id is None or response.is_test:
        return
    if response.campaign.survey.identification == "identified":
        for item in agreed:
            _apply(response, questionnaire, item)


def _is_agreed(response: Response, item: Item) -> bool:
    value = response.answers.get(item.code)
    return isinstance(value, dict) and value.get(CONSENT) is True


def _apply(response: Response, questionnaire: Questionnaire, item: Item) -> None:
    customer = response.customer
    if customer is None:
        return
    now = datetime.now(UTC)
    details = response.answers[item.code]
    fields = sorted(name for name in details if name != CONSENT)
    try:
        is_new = _take(response, customer, record_of(details), now)
    except CustomerError as error:
        # The answer stands whatever the record takes; staff can read there what was given.
        refused = sorted(error.problems)
        record(
            "customer.contact_details_refused", "customer", str(customer.id), survey=_survey(response), fields=refused
        )
        return
    if not is_new:
        return
    wording = text_in(item.consent, response.language, questionnaire.languages)
    entry = ConsentEntry(is_given=True, basis="consent", source=_survey(response), wording=wording, purpose=PURPOSE)
    record_consent(customer, entry, now)
    # The log names the details, not what they say: it outlives their erasure.
    record("customer.contact_details", "customer", str(customer.id), survey=_survey(response), fields=fields)


def _take(response: Response, customer: Customer, said: CustomerRecord, now: datetime) -> bool:
    """Take details over, and return whether any was new; an address other than the known one waits to be confirmed."""
    if not (customer.email and said.email):
        return change_customer(customer, said, now) != "unchanged"
    outcome = change_customer(customer, replace(said, email=None), now)
    is_asked = ask_to_confirm(customer, NewAddress(said.email, _survey(response), response.language), now)
    return is_asked or outcome != "unchanged"


def _survey(response: Response) -> str:
    return str(response.campaign.survey.code)
