"""Runs the commands of the exporter and waits for their end."""

import json
import pathlib
import subprocess
import tempfile

from testkit.processes import SECONDS, TOKEN, environment, program


def run(*arguments, env=None, text=True, wrapper=(), timeout=SECONDS, **options):
    """Runs the exporter with these arguments and variables, and checks that its output does not contain the token."""
    done = subprocess.run(
        [*wrapper, program("storpool-pve-exporter"), *(each if isinstance(each, bytes) else str(each) for each in arguments)],
        capture_output=True, text=text, env=environment(**(env or {})), timeout=timeout, check=False, **options)
    token = TOKEN if text else TOKEN.encode()
    assert token not in done.stdout + done.stderr
    return done


class Commands:
    """Runs commands against one API, given as a simulator or a URL."""

    def __init__(self, api):
        self.api = api
        self.url = getattr(api, "url", api)
        # Python deletes the folder together with this object.
        self.folder = tempfile.TemporaryDirectory(prefix="storpool-pve-")
        self.token_file = pathlib.Path(self.folder.name) / "token"
        self.token_file.write_text(TOKEN + "\n", encoding="ascii")
        self.flags = ["--storpool.url", self.url, "--storpool.token-file", str(self.token_file)]

    def run(self, command, *arguments, **options):
        return run(command, *self.flags, *arguments, **options)

    def rows(self, *arguments):
        """The rows of `list --format json`."""
        done = self.run("list", "--format", "json", *arguments)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]
