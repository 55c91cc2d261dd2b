"""Checks that the committed cases agree with confget's parsers and the official client."""

import json
import pathlib
import subprocess
import sys

FIXTURE = pathlib.Path(__file__).with_name("confget-cases.jsonl")
SCRIPT = pathlib.Path(__file__).with_name("confget_cases.py")


def test_committed_cases_agree_with_the_parsers(tmp_path):
    # Run in a separate process. Other tests import matplotlib, which makes pyparsing cache every parse, so this test would
    # use much memory.
    new = tmp_path / "cases.jsonl"
    subprocess.run([sys.executable, SCRIPT, new], check=True)
    assert FIXTURE.read_text(encoding="utf-8") == new.read_text(encoding="utf-8")


def test_cases_cover_accepted_and_refused_files():
    cases = [json.loads(line) for line in FIXTURE.read_text(encoding="utf-8").splitlines()]
    syntax = [case["variables"] for case in cases if case["kind"] == "syntax"]
    assert sum(variables is None for variables in syntax) >= 30
    assert sum(bool(variables) for variables in syntax) >= 200
    settings = [len(case["variables"]) for case in cases if case["kind"] == "settings"]
    assert min(settings) < 3 and settings.count(3) >= 30
