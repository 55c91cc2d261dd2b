"""Tests of the alert rules by promtool: each alert fires only when it should, and has a section in the runbook."""

import dataclasses
import itertools
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
    """The text of each alert in the file, by name."""
    text = RULES.read_text(encoding="utf-8")
    found = re.split(r"^ +- (?=alert:|record:|name:)", text, flags=re.M)
    return {name[1]: part for part in found if (name := re.match(r"alert: (\w+)", part))}


ALERTS = rules()
# Order of evaluation. Without it, promtool may evaluate recording rules after the alerts that use them.
GROUPS = re.findall(r"^ +- name: (.+)", RULES.read_text(encoding="utf-8"), re.M)


def test_promtool_accepts_the_rules():
    subprocess.run(["promtool", "check", "rules", "--lint-fatal", RULES], check=True, capture_output=True)


def annotation(alert, name):
    return re.search(rf"^ +{name}: (.+)$", ALERTS[alert], re.M)[1]


def as_test(case):
    """Converts a case to the format of promtool. The test checks which alerts fire, and their descriptions if given."""
    labels = ", ".join(sorted(set().union(*case.fires) or {"job"}))
    document = {
        "name": f"{case.alert}: {case.name}", "interval": case.step,
        "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
        "promql_expr_test": [{
            "expr": f'count by ({labels}) (ALERTS{{alertname="{case.alert}", alertstate="firing"}})', "eval_time": case.at,
            "exp_samples": [
                {"labels": "{" + ", ".join(f'{key}="{value}"' for key, value in fires.items()) + "}", "value": 1}
                for fires in case.fires],
        }],
    }
    if case.says:
        severity = re.search(r"severity: (\w+)", ALERTS[case.alert])[1]
        document["alert_rule_test"] = [{"alertname": case.alert, "eval_time": case.at, "exp_alerts": [
            {"exp_labels": fires | {"severity": severity},
             "exp_annotations": {"description": says, "summary": annotation(case.alert, "summary"),
                                 "runbook_url": annotation(case.alert, "runbook_url")}}
            for fires, says in zip(case.fires, case.says, strict=True)]}]
    return document


def promtool_test(folder, cases, rules_file=RULES):
    """Runs promtool on cases with the same step."""
    step, = {case.step for case in cases}
    # Every JSON document is also YAML.
    path = folder / f"test-{step}.yml"
    path.write_text(json.dumps({
        "rule_files": [str(rules_file)], "evaluation_interval": step, "group_eval_order": GROUPS, "tests": list(map(as_test, cases))}), encoding="utf-8")
    return subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True, check=False)


def by_step(cases):
    """The cases, grouped by step, because all cases in one run of promtool have the same step."""
    return [list(group) for _, group in itertools.groupby(sorted(cases, key=lambda case: case.step), lambda case: case.step)]


def test_promtool_rejects_a_wrong_case(tmp_path):
    quiet = next(case for case in CASES if not case.fires)
    fires = next(case for case in CASES if case.fires)
    for case in (dataclasses.replace(quiet, fires=fires.fires), dataclasses.replace(fires, fires=[], says=[]),
                 dataclasses.replace(fires, says=["Something else."])):
        assert promtool_test(tmp_path, [case]).returncode != 0


# Changes that no case can detect. The maximum of zeros equals their sum. A longer or shorter window gives the same result
# if the history has no gaps.
EQUIVALENT = {
    ("StorpoolPveAPIDown", "max by (job)"), ("StorpoolPveNoExporter", "max by (job)"),
    ("StorpoolPveTemplateFullSoon", "[6h]"),
}
LENGTH = re.compile(r"(\d+)([smhdw])")


def changed(text, pattern, replacements):
    """Yields (old part, new part, changed text) for each match of the pattern and each replacement."""
    for found in re.finditer(pattern, text):
        for replacement in replacements:
            new = replacement(found) if callable(replacement) else replacement
            yield found[0], new, text[:found.start()] + new + text[found.end():]


def scaled_length(factor):
    """Returns a replacement function that multiplies a duration and writes it in minutes."""
    minutes = {"s": 1 / 60, "m": 1, "h": 60, "d": 1440, "w": 10080}

    def scale(found):
        number, unit = LENGTH.search(found[0]).groups()
        return LENGTH.sub(f"{round(int(number) * minutes[unit] * factor)}m", found[0])

    return scale


def scaled_bound(factor):
    return lambda found: f"expr: vector({found[1]} * {factor})"


def parts(text):
    """Splits the rule file into parts, in order. The key of a rule is its name, the key of any other part is its index."""
    found = re.split(r"^(?= +- (?:alert|record|name):)", text, flags=re.M)
    named = [(re.match(r" +- (?:alert|record): (\S+)", part), part) for part in found]
    return {name[1] if name else number: part for number, (name, part) in enumerate(named)}


PARTS = parts(RULES.read_text(encoding="utf-8"))


def needed(alert):
    """The alert and all recording rules that it depends on."""
    found, new = set(), {alert}
    while new:
        found |= new
        new = {name for part in new for name in re.findall(r"\bstorpool_pve:[\w:]+", PARTS[part])} - found
    return found


def asked_for(alert, changed_name=None, changed_text=""):
    """The rules file with only the rules that the alert needs, which saves time.

    `changed_text` replaces the rule `changed_name`.
    """
    asked = needed(alert)
    return "".join(changed_text if name == changed_name else part for name, part in PARTS.items() if isinstance(name, int) or name in asked)


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_fires_only_when_it_should(tmp_path, alert):
    rules_file = tmp_path / "rules.yml"
    rules_file.write_text(asked_for(alert), encoding="utf-8")
    for cases in by_step(case for case in CASES if case.alert == alert):
        result = promtool_test(tmp_path, cases, rules_file)
        assert result.returncode == 0, result.stdout + result.stderr


def mutants():
    """Yields (name of the rule, description of the change, changed text of the rule)."""
    for name, part in PARTS.items():
        if isinstance(name, int):
            continue
        changes = itertools.chain(
            changed(part, r"(?:keep_firing_)?for: \w+", [lambda found: re.sub(r": \w+", ": 0s", found[0])]),
            changed(part, r"max by \([^)]*\)", [lambda found: found[0].replace("max", "sum"), ""]),
            changed(part, r"min by \([^)]*\)", [lambda found: found[0].replace("min", "sum")]),
            changed(part, r"\[\d+[mhdw]\]|offset \d+[mhdw]", [scaled_length(0.5), scaled_length(2)]),
            changed(part, r"expr: vector\((.*)\)", [scaled_bound(0.9), scaled_bound(1.1)]))
        for what, new, mutant in changes:
            if (name, what) not in EQUIVALENT:
                yield name, f"{what} becomes {new or 'nothing'}", mutant


MUTANTS = list(mutants())
# `make test` tests one mutant in ten, and `make test-long` tests the others.
SAMPLE = 10


@pytest.mark.parametrize("name, what, text", [
    pytest.param(*mutant, id=f"{mutant[0]}: {mutant[1]}", marks=pytest.mark.long if number % SAMPLE else ())
    for number, mutant in enumerate(MUTANTS)])
def test_a_case_fails_when_a_rule_is_changed(tmp_path, name, what, text):
    """At least one case fails for each change of a duration, threshold, window or aggregation over exporters."""
    for alert in ALERTS:
        if name not in needed(alert):
            continue
        rules_file = tmp_path / f"{alert}.yml"
        rules_file.write_text(asked_for(alert, name, text), encoding="utf-8")
        for group in by_step(case for case in CASES if case.alert == alert):
            if promtool_test(tmp_path, group, rules_file).returncode != 0:
                return
    pytest.fail(f"no case fails when in {name} {what}")


def test_the_description_of_every_alert_is_tested():
    assert {case.alert for case in CASES if case.says} == set(ALERTS)


def test_every_alert_has_a_firing_and_a_quiet_case():
    assert {case.alert for case in CASES if case.fires} == set(ALERTS)
    assert {case.alert for case in CASES if not case.fires} == set(ALERTS)


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_has_all_labels_and_annotations(name):
    text = ALERTS[name]
    assert re.fullmatch(r"StorpoolPve[A-Z]\w+", name)
    assert re.search(r"^ +severity: (critical|warning|info)$", text, re.M)
    summary = re.search(r"^ +summary: (.+)$", text, re.M)[1]
    assert summary.endswith(".") and "{{" not in summary
    assert re.search(r"^ +description: '.*\{\{.*'$", text, re.M)
    assert re.search(r"#.*\n +for: \d+[mh]$", text, re.M), "no comment that explains `for:`"
    assert re.search(rf"^ +runbook_url: \S+/runbook.md#{name.lower()}$", text, re.M)


def test_the_runbook_has_one_section_for_each_alert():
    parts = re.split(r"^## (\w+)$", RUNBOOK.read_text(encoding="utf-8"), flags=re.M)
    sections = dict(zip(parts[1::2], parts[2::2]))
    assert list(sections) == list(ALERTS)
    for name, text in sections.items():
        assert re.findall(r"^\*\*(\w+)\.\*\* \S", text, re.M) == SECTIONS, name


def test_the_runbook_explains_every_reason_of_an_alert():
    """The section of the alert for a severity has a row for each reason of this severity."""
    reference = (FOLDER.parents[1] / "packaging/doc/reference.md").read_text(encoding="utf-8")
    severities = dict(re.findall(r"^\| `([a-z-]+)` \| (error|warning|notice) \|", reference, re.M))
    parts = re.split(r"^## (\w+)$", RUNBOOK.read_text(encoding="utf-8"), flags=re.M)
    sections = dict(zip(parts[1::2], parts[2::2]))
    for severity, alert in (("error", "StorpoolPveStorageCannotBeListed"), ("warning", "StorpoolPveNewWarnings")):
        rows = [line.strip("| ").split(" | ") for line in sections[alert].splitlines() if line.startswith("| `")]
        assert [row[0].strip("`") for row in rows] == [reason for reason, of in severities.items() if of == severity]
        assert [row for row in rows if len(row) != 1 + len(SECTIONS) or not all(row)] == []


def test_every_metric_and_label_in_the_rules_exists():
    page = PAGE.read_text(encoding="utf-8")
    text = re.sub(r"#.*", "", RULES.read_text(encoding="utf-8"))
    recorded = set(re.findall(r"record: (\S+)", text))
    for name in set(re.findall(r"\bstorpool_pve[\w:]+", text)):
        assert name in recorded or f"\n# TYPE {name} " in page, name
    for metric, matchers in re.findall(r"\b(storpool_pve_\w+)\{([^}]*)\}", text):
        for label in re.findall(r"(\w+)[=!]", matchers):
            assert re.search(rf"^{metric}\{{.*\b{label}=", page, re.M), f"{metric} has no {label}"


def test_alerts_use_every_recorded_threshold():
    text = RULES.read_text(encoding="utf-8")
    asked = set(re.findall(r"scalar\((storpool_pve:threshold:\w+)\)", text))
    assert asked == set(re.findall(r"record: (storpool_pve:threshold:\w+)", text))


def test_names_in_the_runbook_exist():
    """Every flag, metric family and alert that the runbook names exists."""
    text = RUNBOOK.read_text(encoding="utf-8")
    reference = (FOLDER.parents[1] / "packaging/doc/reference.md").read_text(encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    for flag in re.findall(r"`(--[a-z.-]+)", text):
        assert f"`{flag}" in reference or f"/{flag}`" in reference or flag in ("--unit", "--catalog"), flag
    for family in re.findall(r"`(storpool_pve_\w+)`", text):
        assert f"# TYPE {family} " in page, family
    for alert in re.findall(r"\*(StorpoolPve\w+)\*", text):
        assert alert in ALERTS, alert


def test_the_runbook_examples_name_existing_alerts():
    text = RUNBOOK.read_text(encoding="utf-8")
    program = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)"
    examples = [json.loads(subprocess.run(
        ["/usr/bin/python3", "-c", program], input=example, capture_output=True, text=True, check=True).stdout)
        for example in re.findall(r"```yaml\n(.*?)```", text, re.S)]
    inhibition, of_ones_own = examples
    assert of_ones_own[0]["alert"] in ALERTS
    for rule in inhibition["inhibit_rules"]:
        source, = rule["source_matchers"]
        target, = rule["target_matchers"]
        greater = source.removeprefix("alertname = ")
        head, milder = re.fullmatch(r'alertname =~ "(\w+)\((.*)\)"', target).groups()
        assert greater in ALERTS
        for name in milder.split("|"):
            assert head + name in ALERTS and head + name != greater
