"""PostgreSQL is killed and comes back; the site heals without any process being started again."""

from collections.abc import Callable

import pytest

from tests import postgres
from tests.running_site import ROLES, RunningSite
from tests.suite import is_ci
from tests.waiting import wait_until


def test_the_site_heals_by_itself(run_site: Callable[..., RunningSite]) -> None:
    binaries = postgres.find_binaries()
    if binaries is None:
        (pytest.fail if is_ci() else pytest.skip)("PostgreSQL is not installed")
    with postgres.restartable(binaries) as database:
        site = run_site(settings={"DATABASE_URL": database.url})
        site.wait_for_picture()
        roles = [role for role in ROLES if role != "redis"]
        before = {role: site.wait_for_child(role).pid for role in roles}
        database.kill()
        wait_until(lambda: site.status("/watch/") == 503, "the page that says so")
        assert site.status("/healthz") == 200
        assert site.status("/readyz") == 503
        database.start()
        wait_until(lambda: site.status("/watch/") == 200, "pages to come back")
        wait_until(lambda: site.status("/readyz") == 200, "every process to be heard of again")
        assert {role: site.wait_for_child(role).pid for role in roles} == before
