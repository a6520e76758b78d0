"""`survey-app api`: keys for other systems, and the API's own document."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from survey_app.accounts.models import ApiToken
from survey_app.accounts.tokens import SCOPES, create_token, find_token, list_tokens, revoke_token
from survey_app.extensions import db, writing
from survey_app.web.api.document import openapi
from survey_app.web.storable import HIGHEST_ID

PRECONDITION = 3
api = AppGroup("api", help="Keys for other systems, and the API's document.")


@api.command("create-key")
@click.option("--name", required=True, help="Which system gets it.")
@click.option("--scope", "scopes", required=True, multiple=True, type=click.Choice(SCOPES))
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How long it opens.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def create_key(name: str, scopes: tuple[str, ...], days: int, *, as_json: bool) -> None:
    """Make a key and print it, this once."""
    now = datetime.now(UTC)
    with writing():
        made = create_token(name[:100], scopes, created_by_id=None, expires_at=now + timedelta(days=days), now=now)
        db.session.commit()
    token, text = made
    if as_json:
        click.echo(json.dumps(_shown(token) | {"key": text}))
        return
    click.echo(f"Key: {text}\nIt is shown only now.")


@api.command("list-keys")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_keys(*, as_json: bool) -> None:
    """List all keys with their scopes, end and last use."""
    shown = [_shown(token) for token in list_tokens()]
    if as_json:
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    for each in shown:
        click.echo(f"{each['id']:>5}  {each['name']}  {','.join(each['scopes'])}  last used {each['last_used_at']}")


@api.command("revoke-key")
@click.argument("token_id", type=click.IntRange(1, HIGHEST_ID), metavar="ID")
def revoke_key(token_id: int) -> None:
    """Let a key open nothing any more."""
    with writing():
        token = find_token(token_id)
        if token is None:
            click.echo(f"There is no key {token_id}. See: survey-app api list-keys", err=True)
            sys.exit(PRECONDITION)
        revoke_token(token, datetime.now(UTC))
        db.session.commit()
    click.echo("Revoked.", err=True)


@api.command()
def document() -> None:
    """Print the API as an OpenAPI 3.1 document."""
    click.echo(json.dumps(openapi(current_app), indent=2, ensure_ascii=False))


def _shown(token: ApiToken) -> dict[str, Any]:
    instants = {name: getattr(token, name) for name in ("created_at", "expires_at", "last_used_at", "revoked_at")}
    return {"id": token.id, "name": token.name, "scopes": token.scopes} | {
        name: at.isoformat(timespec="seconds") if at else None for name, at in instants.items()
    }
