"""What the scripts of the package make of the program's help and of the CHANGELOG.

The program is the one that STORPOOL_PVE_EXPORTER names, else that of a debug build.
"""

import pathlib
import re
import subprocess

import pytest

from harness import program

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPORTER = program("storpool-pve-exporter", "STORPOOL_PVE_EXPORTER")
COMMANDS = ["serve", "check", "list", "decode"]
CHANGES = """## 2.0.0 / unreleased

* [FEATURE] Something new, said in a line that is much longer than what fits into one line of the other changelog is.
* [BUGFIX] `quoted`.

## 1.0.0 / 2026-02-03

* [FEATURE] The first.
"""


def run(*command, given=""):
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=False)


def helped(*arguments):
    done = run(EXPORTER, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module", name="page")
def made_page():
    done = run(ROOT / "packaging/man-page", "1.2.3", "86400", given=helped("--experimental-dump-help"))
    assert done.returncode == 0, done.stderr
    return done.stdout


def readable(page):
    """The text that roff's escapes stand for."""
    return page.replace("\\-", "-").replace("\\(ti", "~").replace("\\[u2026]", "…").replace("\\&", "").replace("\\e", "\\")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_man_page_has_every_flag(page, command):
    flags = set(re.findall(r"--[a-z][a-z.-]*", helped(command, "--help").split("\nOPTIONS:\n")[1]))
    assert len(flags) > 3
    assert not flags - set(re.findall(r"--[a-z][a-z.-]*", readable(page)))


def test_the_man_page_has_the_version_and_the_date(page):
    assert '.TH STORPOOL\\-PVE\\-EXPORTER 1 1970-01-02 "storpool\\-pve\\-exporter 1.2.3"' in page


def test_every_line_of_the_man_page_that_looks_like_a_request_is_one(page):
    requests = {line.split()[0] for line in page.splitlines() if line.startswith((".", "'"))}
    assert requests <= {'.\\"', ".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I", ".BI", ".BR", ".IR", ".br"}


def test_no_flag_stands_in_the_man_page_twice_with_the_same_words(page):
    entries = re.findall(r'^\.TP\n(\.BI? "--.*\n.*)$', readable(page), re.M)
    assert len(entries) > 20
    assert len(entries) == len(set(entries))


def changelog(version):
    return run(ROOT / "packaging/debian-changelog", version, "1790000000", "Some Body <some@body.org>", given=CHANGES)


def test_the_changelog_of_the_package_has_all_releases():
    done = changelog("2.0.0")
    assert done.returncode == 0, done.stderr
    heads = re.findall(r"^storpool-pve-exporter \((\S+)\) unstable; urgency=medium$", done.stdout, re.M)
    assert heads == ["2.0.0", "1.0.0"]
    dates = re.findall(r"^ -- Some Body <some@body\.org>  (.*)$", done.stdout, re.M)
    assert dates == ["Mon, 21 Sep 2026 14:13:20 +0000", "Tue, 03 Feb 2026 12:00:00 +0000"]
    assert "  * [BUGFIX] quoted." in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_version_without_an_entry_ends_the_build():
    done = changelog("2.0.1")
    assert done.returncode == 1
    assert "2.0.1" in done.stderr
    assert not done.stdout
