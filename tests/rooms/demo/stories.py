"""The story told once for many tests, in a database of its own, with its report computed."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from analysis.drivers import Terms, relative_importance
from survey_app.demo.model import LEVELS, NEUTRAL, draw_opinion
from survey_app.demo.story import Loaded, Plan, load_story
from survey_app.extensions import db, writing
from survey_app.jobs.models import Job
from survey_app.jobs.operations import run_now
from survey_app.reports.models import Report
from survey_app.responses.models import Response
from tests.conftest import close_connections

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
COUNTRY_CODES = {"United States": "US", "Vietnam": "VN", "Spain": "ES"}


@dataclass(frozen=True)
class Story:
    """A loaded story: who may sign in, its report, and its completed responses with their wave."""

    app: Flask
    loaded: Loaded
    report: dict[str, Any]
    completed: list[Response]


def tell(**plan: Any) -> Loaded:
    """Load the story; commits."""
    with writing():
        loaded = load_story(Plan(NOW, **plan))
        db.session.commit()
    return loaded


def told(app: Flask) -> Story:
    """Tell the whole story, let the report it asked for be computed, and return both; no connection stays open."""
    with app.app_context():
        loaded = tell()
        job = db.session.scalars(select(Job).where(Job.name == "reports.compute")).one()
        run_now(job, tell=lambda _note: None)
        report = db.session.scalars(select(Report)).one().result or {}
        query = select(Response).where(Response.state == "completed").options(joinedload(Response.campaign))
        completed = list(db.session.scalars(query.order_by(Response.id)))
        db.session.expunge_all()
    close_connections(app)
    return Story(app, loaded, report, completed)


def row_counts() -> dict[str, int]:
    """Return how many rows stand in each table that has any."""
    tables = {table.name: select(func.count()).select_from(table) for table in db.metadata.sorted_tables}
    counts = {name: db.session.scalar(query) or 0 for name, query in tables.items()}
    return {name: n for name, n in counts.items() if n}


@dataclass(frozen=True)
class Truth:
    """What the stated model says of the figures that a report estimates."""

    importance: dict[str, float]
    nps: float
    csat_satisfied: float


def true_figures(story: Story, n: int = 25_000) -> Truth:
    """Simulate the stated model with as many answers, over the story's mix of countries and waves."""
    chance = random.Random(1)
    mix = Counter((COUNTRY_CODES[each.profile["country"]], each.campaign.wave_order) for each in story.completed)
    cells = chance.choices(list(mix), list(mix.values()), k=n)
    opinions = [draw_opinion(chance, country, wave) for country, wave in cells]
    ratings = np.array([[opinion.ratings[driver] or np.nan for driver in LEVELS] for opinion in opinions])
    absent = np.isnan(ratings)
    scores = np.array([opinion.outcomes["nps"] for opinion in opinions])
    # Each driver is its rating and its indicator of not applicable, as in the report's headline.
    columns = np.hstack([np.where(absent, NEUTRAL, ratings), absent.astype(float)])
    pairs = {driver: (place, place + len(LEVELS)) for place, driver in enumerate(LEVELS)}
    found = relative_importance(columns, scores, terms=Terms(groups=pairs))
    satisfied = np.mean([opinion.outcomes["csat"] >= 4 for opinion in opinions])
    return Truth(
        importance=dict(zip(LEVELS, found.lmg.tolist(), strict=True)),
        nps=float(100 * (np.mean(scores >= 9) - np.mean(scores <= 6))),
        csat_satisfied=float(satisfied),
    )
