"""A fixture for simulators that end with the test."""

import contextlib

import pytest

from testkit.processes import Simulator


@pytest.fixture(name="start")
def fixture_start():
    """A function that starts simulators. They must exit with 0 at the end of the test."""
    with contextlib.ExitStack() as stack:
        running = []

        def start(*flags, **options):
            running.append(stack.enter_context(Simulator(*flags, **options)))
            return running[-1]

        yield start
        for simulator in running:
            assert simulator.stop() == 0
