"""What the README and the catalog say is what the program does: every list both ways, and every excerpt line by line.

The program is the one that STORPOOL_PVE_EXPORTER names, else that of a debug build. What the page has is taken from the
golden page, which a test of its own compares with the program's.
"""

import json
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "Tests/PrometheusTests/golden-page.text").read_text(encoding="utf-8")
CATALOG = ROOT / "packaging/storpool-pve-exporter.catalog"
DEFAULT_DIRECTORY = ROOT / ".build/debug"
COMMANDS = ["serve", "check", "list", "decode"]
TOKEN = "7778889990001112223"


def program(name, variable):
    return os.environ.get(variable, str(pathlib.Path(os.environ.get("BIN_DIR", DEFAULT_DIRECTORY)) / name))


EXPORTER = program("storpool-pve-exporter", "STORPOOL_PVE_EXPORTER")


def run(*arguments, codes=(0,)):
    done = subprocess.run([EXPORTER, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in codes, done.stderr
    return done.stdout


def section(title):
    """The text below a heading, up to the next one of any level."""
    match = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", README, re.M | re.S)
    assert match, f"the README has no section {title}"
    return match.group(1)


def rows(title):
    """The cells of the table of a section, without the table's head."""
    lines = [line for line in section(title).splitlines() if line.startswith("| `")]
    assert lines, f"the section {title} has no table"
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def first_column(title):
    cells = [row[0].strip("`") for row in rows(title)]
    assert len(cells) == len(set(cells)), "a row stands twice"
    return cells


def source(path, pattern):
    found = re.findall(pattern, (ROOT / "Sources" / path).read_text(encoding="utf-8"))
    assert found, f"nothing in {path} looks like what is listed"
    return found


# Flags


def help_of(command):
    """The words of each flag, by the flag with its placeholder."""
    flags = {}
    for line in run(command, "--help").split("\nOPTIONS:\n")[1].splitlines():
        head = re.match(r"  ((?:-\w, )?--\S+(?: <[^>]+>)?)(?: +(.*))?$", line)
        if head:
            words = flags[head[1]] = [head[2] or ""]
        elif line.strip():
            words.append(line.strip())
    return {flag: " ".join(words).strip() for flag, words in flags.items()}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_flag_is_listed_with_its_commands_and_its_words(command):
    listed = {}
    for flag, of, meaning in rows("Flags"):
        if of == "all" or command in of.split(", "):
            assert flag not in listed
            listed[flag.strip("`")] = meaning
    assert listed == help_of(command)


def test_every_command_is_listed():
    assert [re.match(r"`(\w+)", row[0])[1] for row in rows("Commands")] == COMMANDS
    overview = run("--help").split("\nSUBCOMMANDS:\n")[1]
    assert re.findall(r"^  ([a-z]+) ", overview, re.M) == COMMANDS


# Metrics


def test_every_metric_is_listed_in_the_order_of_the_page_with_type_labels_and_words():
    words = dict(re.findall(r"^# HELP (\S+) (.*)$", PAGE, re.M))
    expected = []
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", PAGE, re.M):
        labels = {}
        for sample in re.findall(rf"^{name}\{{(.*)\}} ", PAGE, re.M):
            labels |= dict.fromkeys(re.findall(r'(\w+)="', sample))
        expected.append([f"`{name}`", kind, set(labels), words[name].replace("\\\\", "\\")])
    listed = [[name, kind, set(labels.split(", ")) - {"–"}, meaning] for name, kind, labels, meaning in rows("Metrics")]
    assert listed == expected


def test_every_metric_of_the_source_is_listed():
    assert sorted(first_column("Metrics")) == sorted(source("Exposition/Families.swift", r'MetricFamily\(\s*"([a-z_]+)"'))


def test_the_values_of_labels_are_listed():
    listed = {label: set(re.findall(r"`([^`]+)`", values)) for label, values in rows("Values of labels")}
    expected = {}
    for label in ("cause", "event", "severity", "reason", "object_kind"):
        expected[f"`{label}`"] = set(re.findall(rf'{label}="([^"]*)"', PAGE))
    refused = set(re.findall(r'^storpool_pve_http_refused_total\{reason="([^"]*)"', PAGE, re.M))
    expected["`reason`"] = refused
    cases = source("ProxmoxVE/ObjectType.swift", r"(?m)^    case (\w+)$")
    expected["`object_type`"] = set(cases)
    assert listed == expected


# Anomalies and events


def test_every_anomaly_is_listed_with_its_severity():
    assert first_column("Anomalies") == source("ProxmoxVE/AnomalyReason.swift", r'case \w+ = "([a-z-]+)"')
    page = re.findall(r'^storpool_pve_anomalies\{.*reason="([^"]*)",severity="([^"]*)"', PAGE, re.M)
    assert {row[0].strip("`"): row[1] for row in rows("Anomalies")} == dict(page)


def test_every_event_is_listed_with_its_id():
    names = dict(source("Exporter/Events.swift", r'case (\w+) = "([a-z-]+)"'))
    ids = dict(source("Exporter/Events.swift", r'case \.(\w+): "([0-9a-f]{32})"'))
    assert [(row[0], row[1]) for row in rows("Events")] == [
        (f"`{name}`", f"`{ids[case]}`") for case, name in names.items()]
    counted = re.findall(r'^storpool_pve_journal_events_total\{event="([^"]*)"', PAGE, re.M)
    assert sorted(first_column("Events")) == sorted(counted)


def test_every_field_of_events_is_listed():
    listed = re.findall(r"`([A-Z][A-Z_]+)`", section("Events"))
    assert sorted(set(listed)) == sorted(set(source("Exporter/Events.swift", r'Field\((?:raw: )?"([A-Z_]+)"')))


# The catalog


def catalog_entries():
    """The lines of each entry, head included, by its id."""
    text = CATALOG.read_text(encoding="utf-8")
    parts = re.split(r"^-- ([0-9a-f]{32})\n", text, flags=re.M)
    return dict(zip(parts[1::2], (part.strip("\n").splitlines() for part in parts[2::2])))


def test_the_catalog_explains_every_event_by_fields_that_it_has():
    assert list(catalog_entries()) == source("Exporter/Events.swift", r'case \.\w+: "([0-9a-f]{32})"')
    fields = set(source("Exporter/Events.swift", r'Field\((?:raw: )?"([A-Z_]+)"'))
    assert set(re.findall(r"@(\w+)@", CATALOG.read_text(encoding="utf-8"))) <= fields


PARTS = ["Meaning", "What breaks", "What to look at", "More"]


@pytest.mark.parametrize("lines", catalog_entries().values(), ids=lambda lines: lines[0].removeprefix("Subject: "))
def test_every_entry_of_the_catalog_has_its_four_parts(lines):
    text = "\n".join(lines)
    parts = re.split(rf"^({'|'.join(PARTS)}): ", text, flags=re.M)
    assert parts[1::2] == PARTS
    for words in parts[2::2]:
        assert len(words.split()) >= 8, words
    commands = re.findall(r"^    (.*)$", parts[-1], re.M)
    assert commands and all(command.startswith(("storpool-pve-exporter ", "journalctl ", "systemctl "))
                            for command in commands)
    for command in commands:
        if command.startswith("storpool-pve-exporter "):
            _, name, *flags = command.split()
            known = {flag.split()[0] for flag in help_of(name)}
            assert {flag.split("=")[0] for flag in flags} <= known
    assert max(map(len, lines)) <= 85


def listed_in(entry):
    """The words that begin the rows of an entry's list."""
    return re.findall(r"^    ([a-z-]+)  +\S", "\n".join(entry), re.M)


def test_the_catalog_says_what_each_warning_breaks():
    warnings = [row[0].strip("`") for row in rows("Anomalies") if row[1] == "warning"]
    assert listed_in(catalog_entries()["5daed8a0fb5a45d9bb2e418a1d8271c4"]) == warnings


def test_the_catalog_and_the_runbook_say_what_to_look_at_for_each_cause():
    causes = set(re.findall(r'cause="([^"]*)"', PAGE))
    assert set(listed_in(catalog_entries()["d6ea47c4ce7146a982a269865fa34072"])) == causes
    runbook = (ROOT / "dashboards/alerts/runbook.md").read_text(encoding="utf-8")
    table = re.search(r"^\| cause \|.*?\n\n", runbook, re.M | re.S)[0]
    assert set(re.findall(r"`([a-z-]+)`", "".join(row.split(" | ")[0] for row in table.splitlines()))) == causes


def test_the_catalog_reads_well_where_an_object_has_no_such_tag():
    for line in CATALOG.read_text(encoding="utf-8").splitlines():
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


# Excerpts


def excerpt(command):
    """The lines below a command line of an excerpt, without those that stand for more."""
    match = re.search(rf"^```\n\$ {re.escape(command)}\n(.*?)^```$", README, re.M | re.S)
    assert match, f"the README has no excerpt of {command}"
    return [line for line in match[1].splitlines() if line != "…"]


@pytest.fixture(name="flags", scope="module")
def fixture_flags(tmp_path_factory):
    """The flags that ask the cluster of which the excerpts are."""
    token = tmp_path_factory.mktemp("token") / "token"
    token.write_text(TOKEN, encoding="ascii")
    with subprocess.Popen(
            [program("storpool-simulator", "STORPOOL_SIMULATOR"), "--token", TOKEN, "--objects", "300", "--seed", "1"],
            stdout=subprocess.PIPE, text=True) as process:
        try:
            yield ["--storpool.url", process.stdout.readline().strip(), "--storpool.token-file", str(token)]
        finally:
            process.terminate()


def assert_in_order(lines, output):
    """Every line is in the output, in this order."""
    rest = iter(output.splitlines())
    assert lines and [line for line in lines if line not in rest] == []


def test_the_excerpt_of_check_is_real(flags):
    assert_in_order(excerpt("storpool-pve-exporter check"), run("check", *flags, codes=(1,)))


def test_the_excerpt_of_the_page_is_real():
    assert_in_order(excerpt("curl -s http://127.0.0.1:10058/metrics"), PAGE)


def test_the_excerpt_of_the_journal_is_what_the_catalog_says_of_a_real_anomaly(flags):
    message, *explanation = excerpt("journalctl -t storpool-pve-exporter -x")
    objects = map(json.loads, run("list", *flags, "--format", "json").splitlines())
    row = next(row for row in objects if f"{row['kind']} {row['global_id']} " in message)
    anomaly, = row["anomalies"]
    assert message.endswith(
        f"]: {row['kind']} {row['global_id']} (VM {row['vmid']} on {row['storage']} of {row['pve_cluster']}): "
        f"{anomaly['reason']}: {anomaly['detail']}")
    fields = {
        "STORPOOL_KIND": row["kind"], "STORPOOL_GLOBAL_ID": row["global_id"], "PVE_STORAGE": row["storage"],
        "PVE_CLUSTER": row["pve_cluster"], "PVE_VMID": row["vmid"], "ANOMALY_REASON": anomaly["reason"],
        "ANOMALY_SEVERITY": anomaly["severity"], "ANOMALY_DETAIL": anomaly["detail"],
    }
    entry = next(iter(catalog_entries().values()))
    # systemd puts "░░ " before each line of an explanation.
    assert_in_order(explanation, "\n".join("░░ " + re.sub(r"@(\w+)@", lambda name: fields[name[1]], line) for line in entry))


def test_the_excerpt_of_decode_is_real():
    name = "vm-104-disk-0-sp-nzkr.b.1a2.raw"
    assert excerpt(f"storpool-pve-exporter decode {name}") == run("decode", name).splitlines()


# The rest


def test_every_make_target_is_named():
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    named = re.findall(r"`make ([a-z-]+)`", README)
    assert set(named) == set(targets)


def test_every_module_has_its_place():
    modules = {path.name for path in (ROOT / "Sources").iterdir() if path.is_dir()}
    text = section("How it is built")
    assert [module for module in sorted(modules) if not re.search(rf"\b{re.escape(module)}\b", text)] == []


def test_every_file_that_is_named_is_there():
    for name in re.findall(r"(?:Tests|Sources|packaging)/[\w./-]+\w", README):
        assert (ROOT / name).exists(), name


# What is said to defend the exporter

SECURITY = (ROOT / "packaging/SECURITY.md").read_text(encoding="utf-8")


def test_every_defence_names_what_holds_it():
    table = re.search(r"^\| from \|.*?\n\|[-|]+\n(.*?)\n\n", SECURITY, re.M | re.S)[1]
    held = [line.strip("|").split(" | ")[-1].strip() for line in table.splitlines()]
    assert len(held) > 10
    assert [cell for cell in held if not re.search(r"`[\w./-]*[Tt]est[\w./:-]*`", cell)] == []


def test_every_test_that_is_named_of_a_defence_is_there():
    for name in re.findall(r"`((?:Tests|packaging)/[\w./-]+\w|\w+_test\.py)(?:::(\w+))?`", SECURITY):
        path, function = name
        places = [ROOT / path] if "/" in path else list((ROOT / "Tests").glob(f"*/{path}"))
        assert len(places) == 1 and places[0].exists(), path
        assert not function or f"def {function}(" in places[0].read_text(encoding="utf-8"), name
