"""Draws the dashboards with answers of a real Prometheus. RENEW_PICTURES=1 writes the pictures to dashboards/pictures."""

import os

import pytest

import grafana
import pictures
from dashboard_queries_test import fixture_chosen  # noqa: F401  (a fixture)
from grafana import FOLDER, NAMES, load

# Titles of panels that are empty if no poll fails.
MAY_BE_EMPTY = {"Failed polls by cause"}


def answers(site, board, values):
    at = site.moments["with guests"]
    found = {}
    for panel, target in grafana.targets(board):
        query = grafana.fill_in(target["expr"], board, values, site.span)
        found[panel["title"], target["refId"]] = (
            site.prometheus.instant(query, at) if target["instant"] else site.prometheus.range(query, at - site.span, at))
    return found


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_no_panel_of_a_picture_is_empty(site, chosen, name, tmp_path):
    board = load(name)
    folder = FOLDER / "pictures" if os.environ.get("RENEW_PICTURES") else tmp_path
    picture = pictures.Picture(board, answers(site, board, chosen[name]), site.moments["with guests"], chosen[name])
    path = folder / name.replace(".json", ".png")
    picture.save(path)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert {panel["title"] for panel in grafana.panels(board)} - picture.filled <= MAY_BE_EMPTY
