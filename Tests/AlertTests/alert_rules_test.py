"""The alert rules by promtool: each alert fires when it should and keeps quiet when it should; each has its runbook."""

import json
import pathlib
import re
import subprocess

import pytest

from alert_cases import CASES

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "dashboards/alerts"
RULES = FOLDER / "storpool-pve.rules.yml"
RUNBOOK = FOLDER / "runbook.md"
PAGE = FOLDER.parents[1] / "Tests/PrometheusTests/golden-page.text"
SECTIONS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]


def rules():
    """Each alert with its text in the file."""
    text = RULES.read_text(encoding="utf-8")
    found = re.split(r"^ +- (?=alert:|record:|name:)", text, flags=re.M)
    return {name[1]: part for part in found if (name := re.match(r"alert: (\w+)", part))}


ALERTS = rules()


def test_promtool_accepts_the_rules():
    subprocess.run(["promtool", "check", "rules", "--lint-fatal", RULES], check=True, capture_output=True)


def promtool_test(folder, case):
    """Whether promtool agrees with the case; what it says otherwise."""
    document = {
        "rule_files": [str(RULES)], "evaluation_interval": "1m",
        "tests": [{
            "interval": "1m", "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
            # Which alerts fire, by their labels; the annotations are looked at elsewhere.
            "promql_expr_test": [{
                "expr": f'count by ({", ".join(sorted(set().union(*case.fires) or {"job"}))})'
                        f' (ALERTS{{alertname="{case.alert}", alertstate="firing"}})',
                "eval_time": case.at,
                "exp_samples": [
                    {"labels": "{" + ", ".join(f'{key}="{value}"' for key, value in labels.items()) + "}", "value": 1}
                    for labels in case.fires],
            }],
        }],
    }
    # JSON is YAML.
    path = folder / "test.yml"
    path.write_text(json.dumps(document), encoding="utf-8")
    return subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.alert}: {case.name}" for case in CASES])
def test_an_alert_fires_and_keeps_quiet(tmp_path, case):
    result = promtool_test(tmp_path, case)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_case_can_fail(tmp_path):
    quiet = next(case for case in CASES if not case.fires)
    fires = next(case for case in CASES if case.fires)
    assert promtool_test(tmp_path, type(quiet)(quiet.alert, "", quiet.series, quiet.at, fires.fires)).returncode != 0
    assert promtool_test(tmp_path, type(fires)(fires.alert, "", fires.series, fires.at, [])).returncode != 0


def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_quiet():
    assert {case.alert for case in CASES if case.fires} == set(ALERTS)
    assert {case.alert for case in CASES if not case.fires} == set(ALERTS)


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_all_that_is_needed(name):
    text = ALERTS[name]
    assert re.fullmatch(r"StorpoolPve[A-Z]\w+", name)
    assert re.search(r"^ +severity: (critical|warning|info)$", text, re.M)
    summary = re.search(r"^ +summary: (.+)$", text, re.M)[1]
    assert summary.endswith(".") and "{{" not in summary
    assert re.search(r"^ +description: '.*\{\{.*'$", text, re.M)
    assert re.search(r"#.*\n +for: \d+[mh]$", text, re.M), "no reason beside its for"
    assert re.search(rf"^ +runbook_url: \S+/runbook.md#{name.lower()}$", text, re.M)


def test_the_runbook_has_a_section_for_each_alert_and_no_other():
    parts = re.split(r"^## (\w+)$", RUNBOOK.read_text(encoding="utf-8"), flags=re.M)
    sections = dict(zip(parts[1::2], parts[2::2]))
    assert list(sections) == list(ALERTS)
    for name, text in sections.items():
        assert re.findall(r"^\*\*(\w+)\.\*\* \S", text, re.M) == SECTIONS, name


def test_every_metric_and_label_of_the_rules_is_on_the_page():
    page = PAGE.read_text(encoding="utf-8")
    text = re.sub(r"#.*", "", RULES.read_text(encoding="utf-8"))
    recorded = set(re.findall(r"record: (\S+)", text))
    for name in set(re.findall(r"\bstorpool_pve[\w:]+", text)):
        assert name in recorded or f"\n# TYPE {name} " in page, name
    for metric, matchers in re.findall(r"\b(storpool_pve_\w+)\{([^}]*)\}", text):
        for label in re.findall(r"(\w+)[=!]", matchers):
            assert re.search(rf"^{metric}\{{.*\b{label}=", page, re.M), f"{metric} has no {label}"


def test_alerts_ask_for_bounds_that_are_there():
    text = RULES.read_text(encoding="utf-8")
    asked = set(re.findall(r"scalar\((storpool_pve:bound:\w+)\)", text))
    assert asked == set(re.findall(r"record: (storpool_pve:bound:\w+)", text))


def test_the_runbook_names_only_what_there_is():
    """Flags, families and alerts in the runbook are real ones."""
    text = RUNBOOK.read_text(encoding="utf-8")
    readme = (FOLDER.parents[1] / "README.md").read_text(encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    for flag in re.findall(r"`(--[a-z.-]+)", text):
        assert f"`{flag}" in readme or flag in ("--unit", "--catalog"), flag
    for family in re.findall(r"`(storpool_pve_\w+)`", text):
        assert f"# TYPE {family} " in page, family
    for alert in re.findall(r"\*(StorpoolPve\w+)\*", text):
        assert alert in ALERTS, alert
