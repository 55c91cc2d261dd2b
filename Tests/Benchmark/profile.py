#!/usr/bin/env python3
"""Shows the CPU time of a poll by stage, from perf(1) samples of a release build.

The innermost function of the exporter on the call stack determines the stage of a sample. BIN_DIR is the folder of the programs.
Needs Debian's package linux-perf, and root or a low kernel.perf_event_paranoid.
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
# Stages of the module System, by the prefix of the type's name. Other types of this module belong to OTHER.
RECEIVING = "receiving: libcurl and kernel"
SYSTEM_STAGES = {"HTTP": RECEIVING, "Transfer": RECEIVING, "Job": RECEIVING, "Curl": RECEIVING, "Gzip": "compressing"}
OTHER = "everything else: event loop, state, journal"


def stage(frames):
    """The stage of a call stack. `frames` has (function, program or library), the innermost function first."""
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
        # The C libraries are built without frame pointers, so these stacks do not show the Swift function that made the call.
        # They are counted as receiving.
        if "libcurl" in place or function in ("__libc_recv", "do_softirq.part.0", "handle_softirqs"):
            return RECEIVING
    return OTHER


def stacks(data):
    """Yields the call stack of each sample as a list of (function, program or library)."""
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
