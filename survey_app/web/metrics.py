"""`/metrics`: figures for a monitoring system, read from the database when it asks, so that any process may answer.

Each room registers what it counts. No label holds an address, a token or the name of a survey.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from hmac import compare_digest

from flask import Blueprint, Flask, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from survey_app.web.access import public

EXTENSION = "survey_app.metrics"
Figures = Callable[[datetime], Iterable[Metric]]
blueprint = Blueprint("metrics", __name__)


def register_figures(app: Flask, figures: Figures) -> None:
    """Let a room count something for the monitoring system."""
    app.extensions.setdefault(EXTENSION, []).append(figures)


def gauge(name: str, meaning: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    """Return a figure with its values by label."""
    metric = GaugeMetricFamily(f"survey_{name}", meaning, labels=labels)
    for found, value in values:
        metric.add_metric(found, value)
    return metric


@blueprint.get("/metrics")
@public("a monitoring system asks with a token of its own; without the setting nothing is there")
def metrics() -> Response:
    """Return the figures as they are now, to who has the token."""
    token: str = current_app.config["SURVEY_SETTINGS"].metrics_token
    if not token:
        abort(404)
    given = request.headers.get("Authorization", "")
    if not compare_digest(given.encode(), f"Bearer {token}".encode()):
        return Response("The token is missing or wrong.\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    registry = CollectorRegistry()
    registry.register(_Asked(datetime.now(UTC)))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


class _Asked(Collector):
    """All rooms' figures at one instant."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def describe(self) -> list[Metric]:
        """Say nothing before: what there is depends on what is there."""
        return []

    def collect(self) -> Iterator[Metric]:
        for figures in current_app.extensions.get(EXTENSION, []):
            yield from figures(self._now)
