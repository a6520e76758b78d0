"""Is it alive, is it ready."""

from flask.testing import FlaskClient


def test_a_running_product_says_that_it_is_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "alive"}


def test_a_product_with_its_database_says_that_it_is_ready(client: FlaskClient) -> None:
    assert client.get("/readyz").json["status"] == "ready"
