"""The yardstick: what answering costs with nothing but Flask, SQLAlchemy Core, a template and one durable INSERT."""

import os
import secrets
from typing import Any

from flask import Flask, Response, redirect, request
from flask.typing import ResponseReturnValue
from jinja2 import DictLoader, Environment
from sqlalchemy import Connection, create_engine, event, insert, select

from tests.benchmarks.bare_tables import ITEMS, invitations, responses

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<h1>{{ title }}</h1><form method="post"><input type="hidden" name="_submission" value="{{ submission }}">
<fieldset>{% for n in range(11) %}<input type="radio" name="overall" value="{{ n }}"> {{ n }}{% endfor %}</fieldset>
{% for item in items %}<fieldset><legend>{{ item }}</legend>{% for n in range(1, 6) %}
<label><input type="radio" name="{{ item }}" value="{{ n }}"> {{ n }}</label>{% endfor %}</fieldset>{% endfor %}
<label>Comment <textarea name="comment"></textarea></label><button>Submit</button></form></body></html>"""
templates = Environment(loader=DictLoader({"page": PAGE}), autoescape=True)
engine = create_engine(os.environ["DATABASE_URL"])
app = Flask(__name__)


def settle(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000")


def begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if request and request.method == "POST" else "BEGIN")


# As SQLAlchemy's manual has it for SQLite; PostgreSQL needs neither, and a listener there would only cost time.
if engine.dialect.name == "sqlite":
    event.listen(engine, "connect", settle)
    event.listen(engine, "begin", begin)


@app.route("/a/<token>", methods=["GET", "POST"])
def answer(token: str) -> ResponseReturnValue:
    with engine.begin() as connection:
        found = connection.execute(select(invitations.c.id).where(invitations.c.token == token)).scalar_one_or_none()
        if found is None:
            return Response("unknown", 404)
        if request.method == "GET":
            submission = secrets.token_urlsafe(16)
            return templates.get_template("page").render(title="How are we?", items=ITEMS, submission=submission)
        given = {name: int(request.form[name]) for name in ("overall", *ITEMS)}
        texts = {"submission": request.form["_submission"], "comment": request.form["comment"][:4000]}
        connection.execute(insert(responses).values({"invitation_id": found, **texts, **given}))
    return redirect(f"/a/{token}/thanks", 303)


@app.get("/a/<token>/thanks")
def thanks(token: str) -> str:
    return "<!doctype html><title>Thank you</title><h1>Thank you</h1>"
