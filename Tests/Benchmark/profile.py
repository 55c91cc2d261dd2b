#!/usr/bin/env python3
"""Where the CPU time of a poll goes: perf(1) samples of a release build, summed by stage.

A sample belongs to the stage of the innermost function of ours that was running. BIN_DIR is the folder of the two
programs. Needs Debian's linux-perf, and root or a low kernel.perf_event_paranoid.
"""

import argparse
import collections
import os
import pathlib
import re
import subprocess
import tempfile

from processes import Exporter, Simulator

# Swift begins every symbol with `$s` and the length and name of the module (docs/ABI/Mangling.rst of Swift).
MODULE = re.compile(r"\$s(\d+)([A-Za-z]+)")
STAGES = {
    "JSONStream": "reading JSON",
    "StorPoolObjects": "members of objects, from JSON to values",
    "ProxmoxNaming": "decoding names and classifying",
    "Inventory": "counting, and comparing objects",
    "Exposition": "rendering the page",
    "HTTPClient": "receiving: libcurl and kernel",
    "Gzip": "compressing",
}
OTHER = "everything else of ours: loop, state, journal"


def stage(frames):
    """The stage of a call stack, innermost function first, each with the program or library that it is in."""
    for function, place in frames:
        found = MODULE.match(function)
        if found:
            name = found[2][:int(found[1])]
            if name in STAGES:
                return STAGES[name]
            if name == "Exporter":
                return OTHER
        # The C libraries keep no frame pointers: of a call in the kernel, nothing further out is known than what asked.
        if "libcurl" in place or function in ("__libc_recv", "do_softirq.part.0", "handle_softirqs"):
            return STAGES["HTTPClient"]
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
            ["perf", "record", "--quiet", "-F", "4999", "-g", "-o", data, "-p", str(exporter.process.pid)]) as recorder:
        seconds = sorted(exporter.poll()["cpu_seconds"] for _ in range(polls))
        recorder.terminate()
    return seconds[len(seconds) // 2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--polls", type=int, default=10)
    parser.add_argument("--functions", type=int, default=0, help="also list so many functions of each stage")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        token, data = pathlib.Path(folder) / "token", pathlib.Path(folder) / "perf.data"
        token.write_text("1234567890")
        binaries = os.environ["BIN_DIR"]
        with Simulator(binaries, arguments.objects, token) as simulator, Exporter(binaries, simulator.url, token) as exporter:
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
