"""Reads metrics pages in the text formats of Prometheus."""

import re

LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')


class Page:
    """A metrics page. Samples are parsed on demand, because most pages are fetched only to wait for one value."""

    def __init__(self, text):
        self.text = text

    def all(self, name, **labels):
        """(labels, value) of every series of the metric that has all of these labels."""
        found = []
        for own, value in re.findall(rf"^{name}(?:\{{(.*)\}})? (\S+)$", self.text, re.M):
            own = dict(LABEL.findall(own))
            if labels.items() <= own.items():
                found.append((own, float(value)))
        return found

    def metric(self, name, **labels):
        """The sum of the series that have all of these labels, or None if there are none."""
        found = self.all(name, **labels)
        return sum(value for _, value in found) if found else None

    def value(self, series):
        """The value of a series, which is written as on the page: `name{label="x"}`. None if the page does not have it."""
        found = re.search(rf"^{re.escape(series)} (\S+)$", self.text, re.M)
        return float(found[1]) if found else None

    def values(self, name):
        """The values of all series of a metric. The keys are the labels as on the page, or an empty string."""
        return {labels or "": float(value)
                for labels, value in re.findall(rf"^{name}(?:\{{(.*)\}})? (\S+)$", self.text, re.M)}

    def has(self, prefix):
        """Whether any sample's name starts with the prefix."""
        return re.search(rf"^{prefix}", self.text, re.M) is not None
