"""What a customer's page shows of their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey_app.customers.models import Customer
from survey_app.questionnaires.definition import ItemType
from survey_app.questionnaires.queries import get_version, questionnaire_of
from survey_app.responses.lists import list_of_customer
from survey_app.responses.models import Response


def load_responses(customer: Customer) -> Mapping[str, Any]:
    """Return a customer's newest responses, each with what they wrote."""
    return {"responses": [(response, _written(response)) for response in list_of_customer(customer)]}


def _written(response: Response) -> str:
    questionnaire = questionnaire_of(get_version(response.version_id))
    texts = [item.code for item in questionnaire.items if item.type is ItemType.TEXT]
    return " · ".join(str(response.answers[code]) for code in texts if code in response.answers)
