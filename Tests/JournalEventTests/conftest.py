"""Fixtures: journals, a cluster without anomalies, and a state directory."""

import pytest

from testkit.journal import OwnJournal, ensure_journal
from testkit.processes import Simulator


@pytest.fixture(name="journal", scope="session", autouse=True)
def fixture_journal():
    ensure_journal()


@pytest.fixture(name="healthy")
def fixture_healthy():
    with Simulator("--no-anomalies") as cluster:
        yield cluster


@pytest.fixture(name="state")
def fixture_state(tmp_path):
    folder = tmp_path / "state"
    folder.mkdir()
    return folder


@pytest.fixture(name="own_journal")
def fixture_own_journal():
    with OwnJournal() as journal:
        yield journal
