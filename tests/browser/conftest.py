"""What several browser tests share."""

from tests.browser.demonstration import demo  # noqa: F401 - loaded once for all tests that look at it
