"""One whole site for the tests that only wound it."""

from collections.abc import Iterator

import pytest

from tests.running_site import RunningSite, running_site


@pytest.fixture(scope="module")
def site() -> Iterator[RunningSite]:
    """A running site that heals from whatever a test of this module does to it."""
    with running_site() as site:
        yield site
