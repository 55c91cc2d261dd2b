#!/usr/bin/env python3
"""Writes confget-cases.jsonl: configuration files with the results of confget's parsers.

There are three parsers: two in the Python package confget (StorPool's client uses one of them) and the program in Debian's
package confget. A case is kept if all parsers that accept the file agree, or if no parser accepts it. StorPool's client
reads the cases with several files and an environment. The seed is fixed, so the result is always the same.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest.mock

import confget
from storpool import spconfig

SEED = 20_191_001
SYNTAX_CASES = 400
SETTINGS_CASES = 150
HOST = "pve1"
OTHER_SECTIONS = ["pve2", "PVE1", "pve1.example.net", "pve"]
PLAIN = ["1", "127.0.0.1", "81", "two words", "a=b", "1 # x", "1;x", '"q"', "'q r'", "a\tb", "=", "[x]", "#", "\\x", "ü€"]
NAMES = ["A", "B", "SP_OURID", "SP_AUTH_TOKEN", "_SP_PVE_DEBUG", "a-b.c:d", "ключ"]


class Disagreement(Exception):
    """The parsers disagree about a file."""


def by_python(backend, path):
    """The variables by section, or None if this parser rejects the file."""
    try:
        return confget.BACKENDS[backend](confget.Config([], filename=str(path), encoding="UTF-8")).read_file()
    except Exception:  # each backend raises its own exceptions
        return None


def by_program(path):
    """The variables of the top section and the host's section, or None if the program rejects the file."""
    sections = {}
    for name in ("", HOST):
        run = subprocess.run(["confget", "-f", path, "-l", "-s", name], capture_output=True, check=False)
        if run.returncode != 0:
            return None
        lines = run.stdout.decode().split("\n")[:-1]
        sections[name] = dict(line.split("=", 1) for line in lines)
    return sections


def for_host(sections):
    return {**sections.get("", {}), **sections.get(HOST, {})}


def verdict(path):
    """The variables for the host, or None if no parser accepts the file."""
    answers = [by_python("ini", path), by_python("ini-regex", path), by_program(path)]
    accepted = [for_host(answer) for answer in answers if answer is not None]
    if any(answer != accepted[0] for answer in accepted):
        raise Disagreement
    return accepted[0] if accepted else None


def value(rng):
    kind = rng.randrange(8)
    if kind == 0:
        return ""
    if kind == 1:
        return rng.choice(PLAIN) + rng.choice([" ", "\t", "  ", ""])
    if kind == 2:
        parts = [rng.choice(PLAIN) + rng.choice(["", " ", "  "]) for _ in range(rng.randrange(2, 4))]
        return ("\\\n" + rng.choice(["", "  ", "\t"])).join(parts)
    return rng.choice(PLAIN)


def line(rng):
    kind = rng.randrange(24)
    if kind < 3:
        return rng.choice(["# c", "; c", "  # indented", "\t;", "", "   ", "# ends in \\", "#A=1", "# [pve1]"])
    if kind < 7:
        section = HOST if rng.randrange(2) else rng.choice(OTHER_SECTIONS)
        return rng.choice(["[{}]", "[{}]", "[ {} ]", "  [{}]", "[{}]  "]).format(section)
    if kind == 7:
        return rng.choice(
            ["A", "A B=1", "[]", f"[{HOST}] # c", f"[{HOST}", "=v", "A:1", "[a]b]", "A#b=1", "A[0]=1", "B=c:\\\\x", "[x=1"]
        )
    equals = rng.choice(["=", "=", " = ", "= ", " =", "\t=\t"])
    return rng.choice(["", "", "", "  ", "\t"]) + rng.choice(NAMES) + equals + value(rng)


def text(rng):
    lines = [line(rng) for _ in range(rng.randrange(1, 9))]
    ending = rng.choice(["\n", "\n", "\n", "\r\n"])
    whole = "\n".join(lines).replace("\n", ending)
    return whole + (ending if rng.randrange(8) else "")


def syntax_cases(rng, folder):
    path = folder / "case.conf"
    cases = []
    while len(cases) < SYNTAX_CASES:
        content = text(rng)
        path.write_bytes(content.encode())
        try:
            variables = verdict(path)
        except Disagreement:
            continue
        cases.append({"kind": "syntax", "host": HOST, "content": content, "variables": variables})
    return cases


def settings_text(rng):
    lines = []
    for section in rng.choice([[""], ["", HOST], ["", HOST], ["", "pve2", HOST], ["", "pve2"]]):
        if section:
            lines.append(f"[{section}]")
        for name, low, high in (("SP_API_HTTP_HOST", 1, 254), ("SP_API_HTTP_PORT", 1, 65535), ("SP_AUTH_TOKEN", 1, 9**9)):
            if rng.randrange(5) < 2:
                number = rng.randint(low, high)
                lines.append(f"{name} = " + (f"10.0.0.{number}" if name.endswith("HOST") else str(number)))
    return "".join(each + "\n" for each in lines)


def settings_cases(rng, folder):
    cases = []
    for number in range(SETTINGS_CASES):
        root = folder / str(number)
        entries = root / "storpool.conf.d"
        entries.mkdir(parents=True)
        main = settings_text(rng)
        (root / "storpool.conf").write_text(main)
        names = rng.sample(["a.conf", "B.conf", "10-x.conf", ".hidden.conf", "c.conf.bak", "é.conf", "zz.conf"], rng.randrange(4))
        directory = [{"name": name, "content": settings_text(rng)} for name in names]
        for entry in directory:
            (entries / entry["name"]).write_text(entry["content"])
        environment = {
            name: sample
            for name, sample in (("SP_API_HTTP_HOST", "env.example"), ("SP_API_HTTP_PORT", ""), ("SP_AUTH_TOKEN", "7"), ("SP_OURID", "9"))
            if rng.randrange(6) == 0
        }
        with (
            unittest.mock.patch.object(spconfig, "DEFAULTS", {}),
            unittest.mock.patch.object(spconfig.SPConfig, "PATH_CONFIG", str(root / "storpool.conf")),
            unittest.mock.patch.object(spconfig.SPConfig, "PATH_CONFIG_DIR", str(entries)),
            unittest.mock.patch.dict(os.environ, environment, clear=True),
        ):
            read = dict(spconfig.SPConfig(section=HOST).items())
        cases.append(
            {
                "kind": "settings", "host": HOST, "main": main, "directory": directory, "environment": environment,
                "variables": {name: read[name] for name in spconfig.ENV_OVERRIDE if name in read},
            }
        )
    return cases


def generate():
    """The contents of confget-cases.jsonl."""
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        cases = syntax_cases(rng, pathlib.Path(folder)) + settings_cases(rng, pathlib.Path(folder))
    return "".join(json.dumps(case, ensure_ascii=False, sort_keys=True) + "\n" for case in cases)


if __name__ == "__main__":
    pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).with_name("confget-cases.jsonl")).write_text(
        generate(), encoding="utf-8"
    )
