"""Fixtures of the accounts room."""

from __future__ import annotations

from tests.phones import enrol  # noqa: F401 - a fixture for these tests
