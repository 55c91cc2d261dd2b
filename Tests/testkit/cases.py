"""Parameters for pytest from named cases."""

import pytest


def named(cases, sample=None):
    """A parameter for each case (name, values...). If `sample` is given, all cases that it does not name are marked long."""
    assert sample is None or set(sample) <= {case[0] for case in cases}
    return [
        pytest.param(*values, id=name.replace(" ", "-"),
                     marks=() if sample is None or name in sample else pytest.mark.long)
        for name, *values in cases]
