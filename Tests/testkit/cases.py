"""Parameters of tests."""

import pytest


def named(cases, sample=None):
    """A parameter for each case (name, values...). If `sample` is given, only the cases that it names are short tests."""
    assert sample is None or set(sample) <= {case[0] for case in cases}
    return [
        pytest.param(*values, id=name.replace(" ", "-"),
                     marks=() if sample is None or name in sample else pytest.mark.long)
        for name, *values in cases]
