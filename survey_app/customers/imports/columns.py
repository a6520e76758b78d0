"""Which column of a file is which detail: a closed list for each subject, suggested from the columns' names.

Nothing in a file sets a role, an internal number, a token, a consent or a subscription: there are no such targets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from re import sub

from flask_babel import gettext as _

from survey_app.customers.imports.column_names import TARGET_OF
from survey_app.customers.models import AttributeDefinition
from survey_app.customers.rules import ATTRIBUTE_KINDS, fold

NEW = tuple(f"new:{kind}" for kind in ATTRIBUTE_KINDS)
IGNORE = ""
ATTRIBUTE = "attribute:"
COMPANY_ATTRIBUTE = "company_attribute:"
# The person's name may stand in several columns (given and family name); they are joined in the file's order.
_REPEATABLE = frozenset({IGNORE, "name", *NEW})
_KEYS = frozenset({"number", "full_number", "email"})


@dataclass(frozen=True, slots=True)
class Attributes:
    """The labels of the attributes a column may hold, by code."""

    customer: Mapping[str, str] = field(default_factory=dict)
    company: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, customer: Iterable[AttributeDefinition], company: Iterable[AttributeDefinition]) -> Attributes:
        """Return the labels of these definitions."""
        return cls({each.code: each.label for each in customer}, {each.code: each.label for each in company})


def target_labels(subject: str, attributes: Attributes) -> dict[str, str]:
    """Return what a column may be, with its name in words."""
    if subject == "interactions":
        return _interaction_labels()
    return (
        _customer_labels()
        | {f"{ATTRIBUTE}{code}": label for code, label in attributes.customer.items()}
        | {
            f"{COMPANY_ATTRIBUTE}{code}": _("Company: %(label)s", label=label)
            for code, label in attributes.company.items()
        }
        | {
            "new:text": _("New attribute: text"),
            "new:number": _("New attribute: number"),
            "new:date": _("New attribute: date"),
            "new:choice": _("New attribute: choice"),
            "new:yes_no": _("New attribute: yes or no"),
        }
    )


def _customer_labels() -> dict[str, str]:
    return {
        IGNORE: _("Leave out"),
        "number": _("Customer number"),
        "full_number": _("Customer number with its system (crm:1042)"),
        "name": _("Name"),
        "email": _("Mail address"),
        "phone": _("Telephone"),
        "language": _("Language"),
        "time_zone": _("Time zone"),
        "company": _("Company"),
        "company_number": _("Company number"),
        "second_email": _("Second mail address"),
        "second_phone": _("Second telephone"),
    }


def _interaction_labels() -> dict[str, str]:
    return {
        IGNORE: _("Leave out"),
        "number": _("Customer number"),
        "full_number": _("Customer number with its system (crm:1042)"),
        "email": _("Mail address"),
        "kind": _("Kind"),
        "happened_at": _("Time"),
        "value": _("Value"),
        "cost": _("Cost"),
        "channel": _("Channel"),
        "product": _("Product"),
        "location": _("Location"),
        "campaign": _("Campaign"),
        "note": _("Note"),
        "external_id": _("Number of the interaction"),
        "full_external_id": _("Number of the interaction with its system (crm:77)"),
    }


def suggest(
    headers: Iterable[str], subject: str, attributes: Attributes, remembered: Mapping[str, str]
) -> dict[str, str]:
    """Return a likely target by column: what was chosen last time, else what the column's name says."""
    targets = target_labels(subject, attributes)
    by_label: dict[str, str] = {}
    for target, label in targets.items():
        # The details that everybody has come first: an attribute may be called the same.
        if target not in (IGNORE, *NEW):
            by_label.setdefault(fold(label), target)
    by_code = {fold(code): f"{ATTRIBUTE}{code}" for code in attributes.customer}
    plain_labels = {name for name, target in by_label.items() if ":" not in target}
    suggested: dict[str, str] = {}
    for header in headers:
        name = fold(header)
        known = TARGET_OF[subject].get(name.replace("_", " ")) or TARGET_OF[subject].get(name, IGNORE)
        named = by_label.get(name) if name in plain_labels else by_code.get(name) or by_label.get(name)
        guess = remembered.get(header) or named or known
        is_taken = guess not in _REPEATABLE and guess in suggested.values()
        suggested[header] = IGNORE if is_taken or guess not in targets else guess
    return suggested


def check_mapping(mapping: Mapping[str, str], headers: list[str], subject: str, attributes: Attributes) -> list[str]:
    """Return what is wrong with a mapping for these columns, in words."""
    targets = target_labels(subject, attributes)
    problems = [
        _("The mapping names the column %(name)s, which the file does not have.", name=name)
        for name in mapping
        if name not in headers
    ]
    problems += [
        _("The column %(name)s cannot become %(target)s.", name=name, target=str(target)[:80])
        for name, target in mapping.items()
        if target not in targets
    ]
    used = [target for target in mapping.values() if target not in _REPEATABLE]
    problems += [
        _("Two columns cannot both become %(target)s.", target=targets.get(target, target))
        for target in sorted({each for each in used if used.count(each) > 1})
    ]
    return problems + _missing(set(mapping.values()), subject)


def _missing(targets: set[str], subject: str) -> list[str]:
    problems = []
    if not _KEYS & targets:
        problems.append(_("Say which column holds the customer number or the mail address."))
    if subject == "interactions" and "happened_at" not in targets:
        problems.append(_("Say which column holds the time of the interaction."))
    return problems


def attribute_code(header: str) -> str:
    """Return the code for an attribute that a column brings."""
    code = sub(r"[^a-z0-9]+", "_", fold(header)).strip("_")[:50]
    return code if code[:1].isalpha() else f"a_{code}".rstrip("_")


def new_attributes(mapping: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the attributes a mapping makes: code and kind by column."""
    codes = {name: attribute_code(name) for name, target in mapping.items() if target in NEW}
    taken: set[str] = set()
    made: dict[str, tuple[str, str]] = {}
    for name, code in codes.items():
        own = code if code not in taken else f"{code}_{len(taken)}"
        taken.add(own)
        made[name] = (own, mapping[name].partition(":")[2])
    return made


def settled(mapping: Mapping[str, str]) -> dict[str, str]:
    """Return the mapping with every new attribute under its code."""
    made = {name: f"{ATTRIBUTE}{code}" for name, (code, _kind) in new_attributes(mapping).items()}
    return dict(mapping) | made
