"""The documents and the journal catalog agree with the program.

RENEW=1 rewrites the table of flags and the excerpt of the output of `check`. `make reference` also updates the other tables.
"""

import importlib.machinery
import json
import os
import pathlib
import re
import subprocess
import types

import pytest

from testkit import commands
from testkit.processes import Simulator

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
REFERENCE = ROOT / "packaging/doc/reference.md"
RUNBOOK = ROOT / "dashboards/alerts/runbook.md"
CATALOG = ROOT / "packaging/storpool-pve-exporter.catalog"
EXAMPLES = ROOT / "packaging/debian/examples"
DOCUMENTS = [
    README, ROOT / "CONTRIBUTING.md", ROOT / "Sources/README.md", ROOT / "Tests/README.md",
    ROOT / "Tests/Benchmark/README.md", *sorted((ROOT / "packaging/doc").glob("*.md")),
    *sorted((ROOT / "dashboards").rglob("*.md"))]
RENEW = os.environ.get("RENEW") == "1"


def run(*arguments):
    done = commands.run(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def read(path):
    return path.read_text(encoding="utf-8")


def section(path, title):
    """The text below a heading, up to the next heading of any level."""
    match = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", read(path), re.M | re.S)
    assert match, f"{path.name} has no section {title}"
    return match.group(1)


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def first_column(text):
    return [cells(line)[0].strip("`") for line in text.splitlines() if line.startswith("| `")]


def load_yaml(text):
    # PyYAML is installed for Debian's Python, not in the virtual environment.
    code = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)"
    done = subprocess.run(["/usr/bin/python3", "-c", code], input=text, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


# README.


def test_readme_has_at_most_1800_words():
    assert len(read(README).split()) <= 1800


def test_readme_has_its_sections_in_order():
    assert re.findall(r"^## (.*)$", read(README), re.M) == [
        "Requirements and compatibility", "Try it", "Install", "Prometheus and Grafana", "Daily questions",
        "A storage is broken: what to do", "Configuration and security", "Troubleshooting", "More"]


@pytest.fixture(name="check_output", scope="module")
def fixture_check_output():
    """The output of `check` for the simulated cluster that the README excerpt shows."""
    with Simulator("--objects", "300", "--seed", "1") as api:
        return commands.Commands(api).run("check").stdout


def test_readme_excerpt_of_check_has_real_lines(check_output):
    text = read(README)
    excerpt = re.search(r"^```\n\$ storpool-pve-exporter check\n(.*?)^```$", text, re.M | re.S)[1]
    output = check_output.splitlines()
    if RENEW:
        # The first two words of a line, severity and reason, identify it. The final line has the totals.
        current = {tuple(line.split()[:2]): line for line in reversed(output)}
        *lines, _ = excerpt.splitlines()
        renewed = [line if line == "…" else current[tuple(line.split()[:2])] for line in lines] + output[-1:]
        README.write_text(text.replace(excerpt, "\n".join(renewed) + "\n"), encoding="utf-8")
        excerpt = "\n".join(renewed)
    rest = iter(output)
    assert [line for line in excerpt.splitlines() if line != "…" and line not in rest] == []


def test_flags_of_commands_in_documents_exist():
    flags = flags_by_command()
    for path in DOCUMENTS:
        for line in re.findall(r"storpool-pve-exporter ((?:serve|check|list|decode)\b[^`\n|]*)", read(path)):
            command, *words = line.split()
            given = {word.split("=")[0] for word in words if word.startswith("--")}
            assert given <= flags[command], f"{path.name}: {line}"


def test_files_named_in_documents_exist():
    for path in DOCUMENTS:
        text = re.sub(r"^```.*?^```$", "", read(path), flags=re.M | re.S)
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
        for target in re.findall(r"`((?:Tests|Sources|packaging|dashboards)/[\w./+-]+)`", text):
            assert (ROOT / target).exists(), f"{path.name}: {target}"


def test_sections_linked_in_documents_exist():
    for path in DOCUMENTS:
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", read(path)):
            headings = re.findall(r"^#+ (.*)$", read((path.parent / target) if target else path), re.M)
            anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in anchors, f"{path.name}: {target}#{anchor}"


def test_make_targets_in_documents_exist():
    targets = set(re.findall(r"^([a-z-]+):.*## ", read(ROOT / "Makefile"), re.M))
    for path in DOCUMENTS:
        assert set(re.findall(r"(?:^|`)(?:[A-Z_]+=\S+ )*make ([a-z-]+)", read(path), re.M)) <= targets, path.name


def test_architecture_has_one_line_per_module():
    modules = {path.name for path in (ROOT / "Sources").iterdir() if path.is_dir()}
    assert sorted(first_column(section(ROOT / "Sources/README.md", "Modules"))) == sorted(modules)


# Reference.


def subcommands():
    command = json.loads(run("--experimental-dump-help"))["command"]
    return [sub for sub in command["subcommands"] if sub["shouldDisplay"] and sub["commandName"] != "help"]


def flags_by_command():
    return {
        command["commandName"]: {
            ("--" if name["kind"] == "long" else "-") + name["name"]
            for argument in command["arguments"] for name in argument.get("names", [])}
        for command in subcommands()}


def man_page():
    loader = importlib.machinery.SourceFileLoader("man_page", str(ROOT / "packaging/man-page"))
    module = types.ModuleType(loader.name)
    loader.exec_module(module)
    return module


def flag_rows():
    """(flag, commands, meaning) for each flag. A flag with several meanings has several rows."""
    page, users = man_page(), {}
    for command in subcommands():
        for argument in page.with_inversions([own for own in command["arguments"] if own["shouldDisplay"]]):
            if argument["kind"] == "positional":
                continue
            flag = ", ".join(("--" if name["kind"] == "long" else "-") + name["name"] for name in argument["names"])
            value = f" <{argument['valueName']}>" if argument["kind"] == "option" else ""
            users.setdefault((flag + value, page.meaning(argument)), []).append(command["commandName"])
    for (flag, meaning), of in users.items():
        yield f"| `{flag}` | {'all' if len(of) == len(subcommands()) else ', '.join(of)} | {meaning} |"


def test_reference_has_every_flag():
    text = read(REFERENCE)
    table = re.search(r"(?<=<!-- generated: flags -->\n).*?(?=\n<!-- end -->)", text, re.S)[0]
    current = "\n".join(table.splitlines()[:2] + list(flag_rows()))
    if RENEW:
        REFERENCE.write_text(text.replace(table, current), encoding="utf-8")
        table = current
    assert table == current, "run: make reference"


def test_reference_has_every_command():
    listed = [name.split()[0] for name in first_column(section(REFERENCE, "Commands"))]
    assert listed == [command["commandName"] for command in subcommands()]


def test_reference_explains_every_cause_and_refusal():
    values = dict(re.findall(r"^\| `(cause|reason)` \| (.*?) \|", section(REFERENCE, "Values of labels"), re.M))
    explained = section(REFERENCE, "Values of labels").split("<!-- end -->")[1].strip().split("\n\n")
    for label, table in zip(("cause", "reason"), explained):
        assert sorted(first_column(table)) == sorted(re.findall(r"`([^`]+)`", values[label]))


def event_fields():
    source = read(ROOT / "Sources/Exporter/Events.swift")
    fields = set(re.findall(r'Field\((?:raw: )?"([A-Z_]+)"', source))
    assert fields
    return fields


def test_reference_has_every_field_of_events():
    assert set(re.findall(r"`([A-Z][A-Z_]+)`", section(REFERENCE, "Events"))) == event_fields()


# Catalog.


def catalog_entries():
    """The lines of each catalog entry, by message id."""
    parts = re.split(r"^-- ([0-9a-f]{32})\n", read(CATALOG), flags=re.M)
    return dict(zip(parts[1::2], (part.strip("\n").splitlines() for part in parts[2::2])))


def listed_in(entry):
    """The first word of each row of the list in a catalog entry."""
    return re.findall(r"^    ([a-z-]+)  +\S", "\n".join(entry), re.M)


def events():
    return dict(re.findall(r"^\| `([a-z-]+)` \| `([0-9a-f]{32})` \|", section(REFERENCE, "Events"), re.M))


def test_catalog_explains_every_event():
    assert list(catalog_entries()) == list(events().values())
    assert set(re.findall(r"@(\w+)@", read(CATALOG))) <= event_fields()


PARTS = ["Meaning", "What breaks", "What to look at", "More"]


@pytest.mark.parametrize("lines", catalog_entries().values(), ids=lambda lines: lines[0].removeprefix("Subject: "))
def test_catalog_entry_has_its_four_parts(lines):
    text = "\n".join(lines)
    parts = re.split(rf"^({'|'.join(PARTS)}): ", text, flags=re.M)
    assert parts[1::2] == PARTS
    for words in parts[2::2]:
        assert len(words.split()) >= 8, words
    examples = re.findall(r"^    (.*)$", parts[-1], re.M)
    assert examples and all(command.startswith(("storpool-pve-exporter ", "journalctl ", "systemctl "))
                            for command in examples)
    flags = flags_by_command()
    for command in examples:
        if command.startswith("storpool-pve-exporter "):
            _, name, *given = command.split()
            assert {flag.split("=")[0] for flag in given} <= flags[name]
    assert max(map(len, lines)) <= 85


def test_catalog_explains_the_effect_of_each_warning():
    warnings = re.findall(r"^\| `([a-z-]+)` \| warning \|", section(REFERENCE, "Anomalies"), re.M)
    assert listed_in(catalog_entries()[events()["anomaly-detected"]]) == warnings


def test_catalog_and_runbook_explain_every_cause():
    causes = set(re.findall(r"`([^`]+)`", re.search(r"^\| `cause` \| (.*?) \|", read(REFERENCE), re.M)[1]))
    assert set(listed_in(catalog_entries()[events()["poll-failed"]])) == causes
    table = re.search(r"^\| cause \|.*?\n\n", read(RUNBOOK), re.M | re.S)[0]
    assert set(re.findall(r"`([a-z-]+)`", "".join(row.split(" | ")[0] for row in table.splitlines()))) == causes


def test_catalog_lines_allow_missing_optional_fields():
    for line in read(CATALOG).splitlines():
        for name in re.findall(r"@(PVE_\w+)@", line):
            assert re.fullmatch(rf"[A-Z].*, if .*: @{name}@", line), line


def test_journalctl_compiles_the_catalog(tmp_path):
    folder = tmp_path / "usr/lib/systemd/catalog"
    folder.mkdir(parents=True)
    (folder / CATALOG.name).write_bytes(CATALOG.read_bytes())
    (tmp_path / "var/lib/systemd/catalog").mkdir(parents=True)
    done = subprocess.run(
        ["journalctl", f"--root={tmp_path}", "--update-catalog"], capture_output=True, text=True, timeout=60,
        check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    listed = subprocess.run(
        ["journalctl", f"--root={tmp_path}", "--list-catalog"], capture_output=True, text=True, timeout=60, check=True)
    assert set(re.findall(r"^([0-9a-f]{32}) storpool-pve-exporter: .", listed.stdout, re.M)) == set(catalog_entries())


# Examples.


def test_scrape_example_equals_that_of_the_readme():
    example = load_yaml(read(EXAMPLES / "prometheus-scrape.yml"))
    assert load_yaml(re.search(r"```yaml\n(scrape_configs:.*?)```", read(README), re.S)[1]) == example
    done = subprocess.run(
        ["promtool", "check", "config", "--syntax-only", str(EXAMPLES / "prometheus-scrape.yml")],
        capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_inhibition_example_equals_that_of_the_runbook():
    example = load_yaml(read(EXAMPLES / "alertmanager-inhibit.yml"))
    assert load_yaml(re.search(r"```yaml\n(inhibit_rules:.*?)```", read(RUNBOOK), re.S)[1]) == example


# Security.


def test_every_defence_in_security_md_names_its_tests():
    table = re.search(r"^\| from \|.*?\n\|[-|]+\n(.*?)\n\n", read(ROOT / "packaging/doc/security.md"), re.M | re.S)[1]
    held = [cells(line)[-1] for line in table.splitlines()]
    assert len(held) > 10
    assert [cell for cell in held if not re.search(r"`(?:Tests|packaging)/[\w./-]+`", cell)] == []
