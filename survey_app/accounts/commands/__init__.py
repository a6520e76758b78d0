"""`survey-app init`, `survey-app staff` and `survey-app audit`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any, NoReturn
from zoneinfo import available_timezones

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup, with_appcontext
from flask_migrate import upgrade

from survey_app.accounts import operations
from survey_app.accounts.models import AuditEntry, User
from survey_app.accounts.operations import OrganisationDetails, StaffError
from survey_app.accounts.queries import find_organisation, find_user, list_staff, page_of_audit
from survey_app.accounts.rules import ROLES
from survey_app.accounts.second_factor import find_second_factor, remove_second_factor
from survey_app.config import LANGUAGES
from survey_app.extensions import db, writing

PRECONDITION = 3
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
language_option = click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)

staff = AppGroup("staff", help="People who sign in.")
audit = AppGroup("audit", help="Who did what.")


class Address(click.ParamType[str]):
    """A complete email address."""

    name = "address"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address, or say what is wrong with it."""
        try:
            return str(validate_email(value, check_deliverability=False, allow_smtputf8=False).normalized)
        except EmailNotValidError as error:
            self.fail(str(error), param, ctx)


class Zone(click.ParamType[str]):
    """The name of a time zone."""

    name = "zone"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the zone, or say that there is none."""
        if value not in available_timezones():
            self.fail(f"{value} is no time zone; write it like Europe/Madrid or Asia/Ho_Chi_Minh.", param, ctx)
        return value


class Asked(click.Option):
    """An option that is asked for, but only of a person at a terminal; a script has to give it."""

    def prompt_for_value(self, ctx: click.Context) -> Any:
        """Ask, or refuse to wait for nobody."""
        if not sys.stdin.isatty():
            raise click.MissingParameter(ctx=ctx, param=self)
        return super().prompt_for_value(ctx)


@click.command()
@click.option("--organisation", cls=Asked, prompt="The organisation's name", help="Who asks.")
@click.option("--sender-address", cls=Asked, prompt="Sender's address of survey mails", type=Address())
@click.option("--contact-address", type=Address(), help="Whom to ask; the sender's address unless given.")
@click.option("--email", cls=Asked, prompt="Administrator's email address", type=Address())
@click.option("--name", cls=Asked, prompt="Administrator's name")
@click.option("--time-zone", type=Zone(), default="UTC", show_default=True)
@language_option
@as_json_option
@with_appcontext
def init(*, as_json: bool, **given: str) -> None:
    """Prepare a new installation: tables, the organisation, one administrator with a random password shown once."""
    upgrade()
    with writing():
        if find_organisation() is not None:
            _refuse("This installation is prepared already. More people: survey-app staff create")
        operations.save_organisation(_details(given))
        user, password = operations.create_staff(given["email"], given["name"], ["admin"], None, given["language"])
        db.session.commit()
    _hand_over(user, password, as_json=as_json)


def _details(given: dict[str, str]) -> OrganisationDetails:
    return OrganisationDetails(
        name=given["organisation"],
        sender_name=given["organisation"],
        sender_address=given["sender_address"],
        contact_address=given["contact_address"] or given["sender_address"],
        time_zone=given["time_zone"],
        default_language=given["language"],
        retention_months=24,
    )


@staff.command()
@click.option("--email", required=True, type=Address())
@click.option("--name", required=True)
@click.option("--role", "roles", required=True, multiple=True, type=click.Choice(ROLES))
@language_option
@as_json_option
def create(email: str, name: str, roles: tuple[str, ...], language: str, *, as_json: bool) -> None:
    """Create an account and print its random password, this once."""
    with writing():
        try:
            user, password = operations.create_staff(email, name, roles, language=language)
        except StaffError as error:
            _refuse(str(error))
        db.session.commit()
    _hand_over(user, password, as_json=as_json)


@staff.command(name="list")
@as_json_option
def list_(*, as_json: bool) -> None:
    """List everybody who has an account."""
    rows = [_shown(user) for user in list_staff()]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo(
            f"{row['email']}  {'active' if row['active'] else 'disabled'}  {','.join(row['roles'])}  {row['name']}"
        )


@staff.command()
@click.argument("email")
@as_json_option
def disable(email: str, *, as_json: bool) -> None:
    """Shut somebody out at once."""
    with writing():
        user = _get(email)
        if not operations.stays_governed(without=user):
            _refuse("Somebody must stay administrator. Create another one first: survey-app staff create --role admin")
        operations.disable_staff(user, datetime.now(UTC))
        db.session.commit()
    _say(user, "is disabled and signed out everywhere", as_json=as_json)


@staff.command()
@click.argument("email")
@as_json_option
def enable(email: str, *, as_json: bool) -> None:
    """Let somebody in again."""
    with writing():
        user = _get(email)
        operations.enable_staff(user)
        db.session.commit()
    _say(user, "may sign in again", as_json=as_json)


@staff.command()
@click.argument("email")
@click.option("--second-factor", is_flag=True, help="Remove their second factor too: the phone is lost.")
@as_json_option
def reset(email: str, *, second_factor: bool, as_json: bool) -> None:
    """Give somebody a random password and print it, this once."""
    with writing():
        user = _get(email)
        if second_factor:
            remove_second_factor(user, datetime.now(UTC))
        password = operations.give_random_password(user, datetime.now(UTC))
        db.session.commit()
    _hand_over(user, password, as_json=as_json)


@audit.command(name="list")
@click.option("--action", default="", help="Only this kind of act.")
@click.option("--actor", default="", help="Only of people whose address contains this.")
@click.option("--page", default=1, show_default=True, type=click.IntRange(1))
@as_json_option
def list_audit(action: str, actor: str, page: int, *, as_json: bool) -> None:
    """List who did what, newest first."""
    rows = [_entry(entry) for entry in page_of_audit(action, actor, page).items]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['at']}  {row['actor']}  {row['action']}  {row['object_kind']} {row['object_id']}".rstrip())


def _get(email: str) -> User:
    user = find_user(email)
    if user is None:
        _refuse(f"There is no account for {email}; `survey-app staff list` shows those there are.")
    return user


def _hand_over(user: User, password: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({**_shown(user), "password": password}, ensure_ascii=False))
        return
    click.echo(f"Account:  {user.email}\nPassword: {password}\nIt is shown only now.")


def _say(user: User, what: str, *, as_json: bool) -> None:
    click.echo(json.dumps(_shown(user), ensure_ascii=False) if as_json else f"{user.email} {what}.")


def _shown(user: User) -> dict[str, Any]:
    roles = sorted(role.name for role in user.roles)
    return {
        "email": user.email,
        "name": user.name,
        "roles": roles,
        "language": user.language,
        "active": user.active,
        "second_factor": find_second_factor(user) is not None,
    }


def _entry(entry: AuditEntry) -> dict[str, Any]:
    names = ("actor", "action", "object_kind", "object_id", "details", "from_address")
    return {"at": entry.at.isoformat(timespec="seconds"), **{name: getattr(entry, name) for name in names}}


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(PRECONDITION)
