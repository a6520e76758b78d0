"""Which column of a file is which detail of a customer: a closed list, suggested from the columns' names.

Nothing in a file sets a role, an internal number, a token, a consent or a subscription: there are no such targets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from re import sub

from flask_babel import gettext as _

from survey_app.customers.rules import ATTRIBUTE_KINDS, fold

# The person's name may stand in several columns (given and family name); they are joined in the file's order.
PLAIN = ("number", "name", "email", "phone", "language", "time_zone", "company")
NEW = tuple(f"new:{kind}" for kind in ATTRIBUTE_KINDS)
IGNORE = ""
_ATTRIBUTE = "attribute:"

_KNOWN_NAMES = {
    "number": "customer number;customer no;customer id;customerid;customer_id;number;crm id;external id;client id;"
    "ma khach hang;ma kh;numero de cliente;numero cliente;id cliente;codigo de cliente",
    "name": "name;full name;customer;customer name;first name;given name;last name;family name;surname;contact;"
    "ho ten;ho va ten;ten;ho;ten khach hang;nombre;nombre completo;apellido;apellidos",
    "email": "email;e-mail;mail;email address;e-mail address;mail address;thu dien tu;dia chi email;correo;"
    "correo electronico",
    "phone": "phone;telephone;tel;mobile;phone number;dien thoai;so dien thoai;telefono;movil",
    "language": "language;lang;locale;ngon ngu;idioma",
    "time_zone": "time zone;timezone;mui gio;zona horaria",
    "company": "company;organisation;organization;account;employer;cong ty;empresa;organizacion",
}
_TARGET_OF = {name: target for target, names in _KNOWN_NAMES.items() for name in names.split(";")}


def target_labels(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return what a column may be, with its name in words; `attributes` are labels by code."""
    plain = {
        IGNORE: _("Leave out"),
        "number": _("Customer number"),
        "name": _("Name"),
        "email": _("Mail address"),
        "phone": _("Telephone"),
        "language": _("Language"),
        "time_zone": _("Time zone"),
        "company": _("Company"),
    }
    known = {f"{_ATTRIBUTE}{code}": label for code, label in attributes.items()}
    new = {
        "new:text": _("New attribute: text"),
        "new:number": _("New attribute: number"),
        "new:date": _("New attribute: date"),
        "new:choice": _("New attribute: choice"),
    }
    return plain | known | new


def suggest(headers: Iterable[str], attributes: Mapping[str, str], remembered: Mapping[str, str]) -> dict[str, str]:
    """Return a likely target by column: what was chosen last time, else what the column's name says."""
    targets = target_labels(attributes)
    by_label = {fold(label): f"{_ATTRIBUTE}{code}" for code, label in attributes.items()}
    by_code = {fold(code): f"{_ATTRIBUTE}{code}" for code in attributes}
    suggested: dict[str, str] = {}
    for header in headers:
        name = fold(header)
        guess = remembered.get(header) or by_code.get(name) or by_label.get(name) or _by_name(name)
        is_taken = guess != "name" and guess in suggested.values()
        suggested[header] = IGNORE if is_taken or guess not in targets else guess
    return suggested


def check_mapping(mapping: Mapping[str, str], headers: list[str], attributes: Mapping[str, str]) -> list[str]:
    """Return what is wrong with a mapping for these columns, in words."""
    targets = target_labels(attributes)
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
    used = [target for target in mapping.values() if target not in (IGNORE, "name", *NEW)]
    problems += [
        _("Two columns cannot both become %(target)s.", target=targets.get(target, target))
        for target in sorted({each for each in used if used.count(each) > 1})
    ]
    if not {"number", "email"} & set(mapping.values()):
        problems.append(_("Say which column holds the customer number or the mail address."))
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
    made = {name: f"{_ATTRIBUTE}{code}" for name, (code, _kind) in new_attributes(mapping).items()}
    return dict(mapping) | made


def _by_name(name: str) -> str:
    return _TARGET_OF.get(" ".join(name.replace("_", " ").split()), _TARGET_OF.get(name, IGNORE))
