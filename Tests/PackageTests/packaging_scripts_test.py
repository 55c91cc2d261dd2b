"""The scripts that write the man page and the changelog, and the script that copies StorPool's configuration.

Needs root: each copy runs in a mount namespace with its own /etc.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

from testkit.processes import program

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPORTER = program("storpool-pve-exporter")
COMMANDS = ["serve", "check", "list", "decode"]
CHANGES = """## 2.0.0 / unreleased

### Upgrading

* [CHANGE] Stop it first.

### Changes

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
    """Replaces roff escapes by the characters that they stand for."""
    return page.replace("\\-", "-").replace("\\(ti", "~").replace("\\[u2026]", "…").replace("\\&", "").replace("\\e", "\\")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_man_page_has_every_flag(page, command):
    flags = set(re.findall(r"--[a-z][a-z.-]*", helped(command, "--help").split("\nOPTIONS:\n")[1]))
    assert len(flags) > 3
    assert not flags - set(re.findall(r"--[a-z][a-z.-]*", readable(page)))


def test_the_man_page_has_the_version_and_the_date(page):
    assert '.TH STORPOOL\\-PVE\\-EXPORTER 1 1970-01-02 "storpool\\-pve\\-exporter 1.2.3"' in page


def test_the_man_page_has_no_accidental_roff_request(page):
    requests = {line.split()[0] for line in page.splitlines() if line.startswith((".", "'"))}
    assert requests <= {'.\\"', ".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I", ".BI", ".BR", ".IR", ".br"}


def test_man_prints_no_warnings_about_the_man_page(page, tmp_path):
    path = tmp_path / "page.1"
    path.write_text(page, encoding="utf-8")
    done = subprocess.run(
        ["man", "--warnings", "--local-file", path], env=os.environ | {"LC_ALL": "C.UTF-8", "MANWIDTH": "80"},
        capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--web.listen-address" in done.stdout


def test_the_man_page_repeats_no_description_of_a_flag(page):
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
    assert "  [ Upgrading ]\n  * [CHANGE] Stop it first.\n  [ Changes ]\n  * [FEATURE] Something new" in done.stdout
    assert "  * [BUGFIX] quoted." in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_first_release_has_the_upgrade_notes():
    version = re.search(r'^let version = "(.*)"$', (ROOT / "Package.swift").read_text(encoding="utf-8"), re.M)[1]
    done = run(ROOT / "packaging/debian-changelog", version, "1790000000", "Some Body <some@body.org>",
               given=(ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert done.returncode == 0, done.stderr
    assert "  [ Upgrading ]\n" in done.stdout.split("\n -- ")[0]


def test_a_version_without_a_changelog_entry_is_an_error():
    done = changelog("2.0.1")
    assert done.returncode == 1
    assert "2.0.1" in done.stderr
    assert not done.stdout


# Copy of the configuration.

USER = 65534
COPY = ROOT / "packaging/copy-configuration"
# Mounts the first argument as /etc and runs the other arguments as a command.
WITH_ETC = 'mount --bind "$1" /etc && shift && exec "$@"'


class Copying:
    """Runs copy-configuration with a temporary /etc. The folder for the copies belongs to the service's user."""

    def __init__(self, root):
        self.etc = root / "etc"
        self.folder = root / "service"
        self.victim = root / "victim"
        (self.etc / "storpool.conf.d").mkdir(parents=True)
        for path in (self.folder, self.victim):
            path.mkdir(mode=0o700)
        os.chown(self.folder, USER, USER)
        (self.victim / "storpool.conf").write_text("untouched")

    def write(self, **files):
        for name, text in files.items():
            path = self.etc / ("storpool.conf" if name == "top" else f"storpool.conf.d/{name}.conf")
            path.write_text(text)
            path.chmod(0o600)

    def run(self, *before, script=WITH_ETC):
        return run("unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", self.etc, *before, COPY,
                   self.folder)

    def copied(self):
        """The contents of each file in the copy, by its path below etc. None stands for other entries than regular files."""
        root = self.folder / "etc"
        found = {}
        for folder, folders, names in os.walk(root):
            for name in folders + names:
                path = pathlib.Path(folder, name)
                if path.name != "storpool.conf.d":
                    found[str(path.relative_to(root))] = path.read_text() if path.is_file() else None
        return found

    def assert_it_copies(self, expected):
        done = self.run()
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert self.copied() == expected
        assert self.is_tidy()

    def is_tidy(self):
        """Checks that there is exactly one copy and that only the service's user can read it.

        Returns whether the file of root, to which planted links lead, is unchanged.
        """
        names = sorted(path.name for path in self.folder.iterdir())
        assert len(names) == 2 and names[0].startswith("copy.") and names[1] == "etc", names
        for path in self.folder.rglob("*"):
            status = path.lstat()
            assert (status.st_uid, status.st_gid) == (USER, USER), path
            assert path.is_symlink() or not status.st_mode & 0o077, path
        return (self.victim / "storpool.conf").read_text() == "untouched"


@pytest.fixture(name="copying")
def fixture_copying():
    # Do not use the temporary folders of pytest, because the service's user cannot enter them.
    root = pathlib.Path(tempfile.mkdtemp(prefix="copy-configuration.", dir="/var/tmp"))
    root.chmod(0o755)
    yield Copying(root)
    shutil.rmtree(root)


def test_only_the_services_user_can_read_the_copy(copying):
    copying.write(top="A=1\n", b="B=2\n")
    (copying.etc / "storpool.conf.d/other.txt").write_text("")
    copying.assert_it_copies({"storpool.conf": "A=1\n", "storpool.conf.d/b.conf": "B=2\n"})


def test_a_changed_configuration_replaces_the_copy(copying):
    copying.write(top="A=1\n", b="B=2\n")
    copying.assert_it_copies({"storpool.conf": "A=1\n", "storpool.conf.d/b.conf": "B=2\n"})
    (copying.etc / "storpool.conf.d/b.conf").unlink()
    copying.write(top="A=3\n")
    copying.assert_it_copies({"storpool.conf": "A=3\n"})


def test_without_any_configuration_the_copy_is_empty(copying):
    (copying.etc / "storpool.conf.d").rmdir()
    copying.assert_it_copies({})


def test_files_with_unusual_names_are_copied(copying):
    names = ["two words", "-rf", "line\nfeed", "$(touch victim)", "';", "*", "[", "\udcff"]
    copying.write(**dict.fromkeys(names, "A=1\n"))
    copying.assert_it_copies({f"storpool.conf.d/{name}.conf": "A=1\n" for name in names})


def test_only_regular_files_are_read(copying):
    folder = copying.etc / "storpool.conf.d"
    os.mkfifo(folder / "fifo.conf")
    (folder / "folder.conf").mkdir()
    (folder / "device.conf").symlink_to("/dev/zero")
    (folder / "dangling.conf").symlink_to("nothing")
    (folder / "loop.conf").symlink_to("loop.conf")
    copying.write(top="A=1\n")
    copying.assert_it_copies({
        "storpool.conf": "A=1\n", "storpool.conf.d/dangling.conf": None, "storpool.conf.d/device.conf": None,
        "storpool.conf.d/fifo.conf": None, "storpool.conf.d/folder.conf": None, "storpool.conf.d/loop.conf": None})


def test_links_in_etc_are_followed(copying):
    elsewhere = copying.etc / "elsewhere"
    elsewhere.write_text("A=1\n")
    (copying.etc / "storpool.conf").symlink_to("elsewhere")
    copying.assert_it_copies({"storpool.conf": "A=1\n"})


def test_a_huge_file_is_truncated_above_the_programs_limit(copying):
    with open(copying.etc / "storpool.conf", "wb") as file:
        file.truncate(1 << 40)
    assert copying.run().returncode == 0
    bound = int(re.search(r"fileBytes = 1 << (\d+)", (ROOT / "Sources/StorPool/Configuration/Bounds.swift").read_text())[1])
    assert 1 << bound < (copying.folder / "etc/storpool.conf").stat().st_size <= 4 << bound


@pytest.mark.parametrize("place", ["etc", "etc/storpool.conf", "etc/storpool.conf.d", "copy.12345678"])
@pytest.mark.parametrize("kind", ["link to a folder", "link to a file", "dangling link", "fifo", "folder", "file"])
def test_files_planted_by_the_service_have_no_effect(copying, place, kind):
    path = copying.folder / place
    path.parent.mkdir(exist_ok=True)
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
        (path / "storpool.conf").symlink_to(copying.victim / "storpool.conf")
    elif kind == "file":
        path.write_text("")
    else:
        target = {"link to a folder": ".", "link to a file": "storpool.conf", "dangling link": "new"}[kind]
        path.symlink_to(copying.victim / target)
    for own in [path, *path.parents, *path.glob("*")]:
        if own != copying.folder and copying.folder in own.parents:
            os.chown(own, USER, USER, follow_symlinks=False)
    copying.write(top="A=1\n", b="B=2\n")
    copying.assert_it_copies({"storpool.conf": "A=1\n", "storpool.conf.d/b.conf": "B=2\n"})
    assert [path.name for path in copying.victim.iterdir()] == ["storpool.conf"]


def test_a_copy_folder_that_belongs_to_root_is_refused(copying):
    os.chown(copying.folder, 0, 0)
    done = copying.run()
    assert done.returncode == 1
    assert "belongs to root" in done.stderr
    assert not list(copying.folder.iterdir())


def test_a_file_deleted_before_it_is_read_is_left_out(copying):
    copying.write(top="A=1\n", b="B=2\n", c="C=3\n")
    vanishing = "/etc/storpool.conf.d/b.conf"
    wrapped = ("strace", "--follow-forks", "--output=/dev/null", "--trace-path=" + vanishing)
    # The first stat finds the file. Later calls that open or find it fail, as if it had been deleted.
    done = copying.run(
        *wrapped, "--inject=openat:error=ENOENT", "--inject=newfstatat,faccessat2,faccessat:error=ENOENT:when=2+")
    assert done.returncode == 0, done.stderr
    assert copying.copied() == {"storpool.conf": "A=1\n", "storpool.conf.d/c.conf": "C=3\n"}


def test_a_file_replaced_while_it_is_opened_is_copied(copying):
    copying.write(top="A=1\n", b="B=2\n")
    done = copying.run("strace", "--follow-forks", "--output=/dev/null", "--trace-path=/etc/storpool.conf.d/b.conf",
                       "--inject=openat:error=ENOENT:when=1")
    assert done.returncode == 0, done.stderr
    assert copying.copied() == {"storpool.conf": "A=1\n", "storpool.conf.d/b.conf": "B=2\n"}


def test_an_unreadable_file_leaves_the_old_copy(copying):
    copying.write(top="A=1\n")
    copying.assert_it_copies({"storpool.conf": "A=1\n"})
    copying.write(top="A=2\n")
    # A file that can be opened but not read.
    (copying.etc / "storpool.conf.d/bad.conf").symlink_to("/proc/self/mem")
    assert copying.run().returncode != 0
    assert copying.copied() == {"storpool.conf": "A=1\n"}
    assert copying.is_tidy()


def test_a_full_file_system_leaves_the_old_copy(copying):
    copying.write(top="A=1\n", b="B=2\n")
    script = '''set -e
        mount --bind "$1" /etc
        mount -t tmpfs -o size=64k,mode=700,uid=65534,gid=65534 tmpfs "$3"
        copy() {
            if "$1" "$2" 2>&1; then result=copied; else result=failed; fi
            echo "$result: $(cat "$2"/etc/storpool.conf)"
        }
        copy "$2" "$3"
        echo A=2 >/etc/storpool.conf
        head -c 100000 /dev/zero >"$3/full" 2>/dev/null || :
        copy "$2" "$3"
        ls "$3" | wc -l
        rm "$3/full"
        copy "$2" "$3"
        ls "$3" | wc -l
    '''
    done = copying.run(script=script)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if ":" not in line or line.startswith(("copied:", "failed:"))] == [
        "copied: A=1", "failed: A=1", "3", "copied: A=2", "2"], lines
    assert any("No space left on device" in line for line in lines)


@pytest.mark.parametrize("step", ["mkdir", "ln", "mv"])
def test_a_failure_of_any_step_leaves_the_old_copy(copying, step, tmp_path):
    copying.write(top="A=1\n")
    copying.assert_it_copies({"storpool.conf": "A=1\n"})
    copying.write(top="A=2\n")
    tmp_path.joinpath(step).write_text("#!/bin/sh\nexit 1\n")
    tmp_path.joinpath(step).chmod(0o755)
    for folder in [tmp_path, *tmp_path.parents]:
        if folder.name.startswith(("pytest-", "popen-", "test_")):
            folder.chmod(0o755)
    assert copying.run("env", f"PATH={tmp_path}:{os.environ['PATH']}").returncode != 0
    assert copying.copied() == {"storpool.conf": "A=1\n"}
    assert copying.is_tidy()
    copying.assert_it_copies({"storpool.conf": "A=2\n"})


def test_a_killed_copy_process_leaves_the_old_copy(copying):
    copying.write(top="A=1\n")
    copying.assert_it_copies({"storpool.conf": "A=1\n"})
    copying.write(top="A=2\n")
    killed = copying.run("strace", "--follow-forks", "--output=/dev/null", "--trace-path=/etc/storpool.conf",
                         "--inject=openat:signal=KILL")
    assert killed.returncode != 0
    assert copying.copied() == {"storpool.conf": "A=1\n"}
    copying.assert_it_copies({"storpool.conf": "A=2\n"})
