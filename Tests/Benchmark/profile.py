#!/usr/bin/env python3
"""Shows where the CPU time of a poll goes: perf(1) samples of a release build, by stage.

A sample belongs to the stage of the innermost function of ours on its stack. BIN_DIR is the folder of the two programs.
Needs Debian's linux-perf, and root or a low kernel.perf_event_paranoid.
"""

import argparse
import collections
import os
import pathlib
import re
import subprocess
import tempfile

from measured import Exporter, Simulator

# Swift begins every symbol with `$s` and the length and name of the module (docs/ABI/Mangling.rst of Swift).
MODULE = re.compile(r"\$s(\d+)([A-Za-z]+)")
STAGES = {
    "JSONStream": "reading JSON",
    "StorPool": "members of objects, from JSON to values",
    "ProxmoxVE": "decoding names and classifying",
    "Inventory": "counting and comparing objects",
    "Exposition": "rendering the page",
}
# Of the module System, by the beginning of a type's name; everything else of it counts as OTHER.
RECEIVING = "receiving: libcurl and kernel"
SYSTEM_STAGES = {"HTTP": RECEIVING, "Transfer": RECEIVING, "Job": RECEIVING, "Curl": RECEIVING, "Gzip": "compressing"}
OTHER = "everything else of ours: loop, state, journal"


def stage(frames):
    """The stage of a call stack, innermost function first, each with its program or library."""
    for function, place in frames:
        found = MODULE.match(function)
        if found:
            name, rest = found[2][:int(found[1])], function[found.start(2) + int(found[1]):]
            if name in STAGES:
                return STAGES[name]
            if name == "System":
                kind = re.match(r"\d+([A-Za-z]+)", rest)
                return next((text for prefix, text in SYSTEM_STAGES.items() if kind and kind[1].startswith(prefix)), OTHER)
            if name in ("Exporter", "HTTPServer"):
                return OTHER
        # The C libraries keep no frame pointers, so that the callers of a system call are not known.
        if "libcurl" in place or function in ("__libc_recv", "do_softirq.part.0", "handle_softirqs"):
            return RECEIVING
    return OTHER


def stacks(data):
    """Call stacks of the samples, and which program or library each one's innermost function is in."""
    text = subprocess.run(
        ["perf", "script", "-i", data, "-F", "ip,sym,dso"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True).stdout
    for sample in text.strip().split("\n\n"):
        lines = [re.fullmatch(r"\s*[0-9a-f]+ (.*) \((.*)\)", line) for line in sample.splitlines()]
        yield [(line[1], line[2]) for line in lines if line]


def profile(exporter, polls, data):
    exporter.poll()
    with subprocess.Popen(
            ["perf", "record", "--quiet", "-F", "4999", "-g", "-o", data, "-p", str(exporter.pid)]) as recorder:
        seconds = sorted(exporter.poll()["cpu_seconds"] for _ in range(polls))
        recorder.terminate()
    return seconds[len(seconds) // 2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--polls", type=int, default=10)
    parser.add_argument("--functions", type=int, default=0, help="also list this many functions of each stage")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder) / "perf.data"
        with Simulator(arguments.objects) as simulator, Exporter(os.environ["BIN_DIR"], simulator) as exporter:
            seconds = profile(exporter, arguments.polls, data)
        by_stage, functions = collections.Counter(), collections.defaultdict(collections.Counter)
        for frames in stacks(data):
            if not frames:
                continue
            place = stage(frames)
            by_stage[place] += 1
            functions[place][frames[0][0]] += 1
    total = by_stage.total()
    print(f"{arguments.objects:,} objects, {seconds:.3f} s CPU in a poll, {total} samples of {arguments.polls} polls\n")
    print("| stage | share |\n|---|---|")
    for place, count in by_stage.most_common():
        print(f"| {place} | {count / total:.0%} |")
        for name, own in functions[place].most_common(arguments.functions):
            print(f"|   {name[:150]} | {own / total:.1%} |")


if __name__ == "__main__":
    main()
