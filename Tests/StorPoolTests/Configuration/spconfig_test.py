"""The committed cases are what confget's parsers and the official client say today."""

import json
import pathlib

import confget_cases

FIXTURE = pathlib.Path(__file__).with_name("confget-cases.jsonl")


def test_committed_cases_are_those_that_the_parsers_give():
    assert FIXTURE.read_text(encoding="utf-8") == confget_cases.generate()


def test_cases_cover_files_that_are_accepted_and_files_that_are_refused():
    cases = [json.loads(line) for line in FIXTURE.read_text(encoding="utf-8").splitlines()]
    syntax = [case["variables"] for case in cases if case["kind"] == "syntax"]
    assert sum(variables is None for variables in syntax) >= 30
    assert sum(bool(variables) for variables in syntax) >= 200
    settings = [len(case["variables"]) for case in cases if case["kind"] == "settings"]
    assert min(settings) < 3 and settings.count(3) >= 30
