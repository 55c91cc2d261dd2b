#!/usr/bin/env python3
"""Compares the cost of a poll with that of programs in Go and Python and of a minimal program in C++.

The Go and Python programs do the same work. The C++ program (the floor) only receives and parses the lists. The programs
take turns on simulated clusters. Prints a report in Markdown. BIN_DIR is the folder of the exporter and
the simulator; `make bench` builds them first.
"""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

from measured import Exporter, Simulator
from scrapes import Scraper
from testkit.hostile_clients import busy_clients, silent_reader
from testkit.processes import TOKEN, wait_for

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILT = ROOT / ".build" / "benchmark"
MIB = 1 << 20
# With at least this number of objects, the Python program runs only once, because a run takes minutes.
FEW_PYTHON_RUNS_FROM = 200_000
IDLE_SECONDS = 20
# Deadline in seconds of the first space poll of a million objects.
SPACE_LIMIT = 300
# The number of busy clients is the maximum number of connections of the exporter. The clients repeat these requests.
BUSY_CLIENTS = 512
BUSY_REQUESTS = {
    "HEAD /metrics": ["--method=HEAD", "--path=/metrics"],
    "GET /-/healthy": ["--method=GET", "--path=/-/healthy"],
}


def log(text):
    print(text, file=sys.stderr, flush=True)


def build_peers():
    """Builds the Go program and the C++ program. Uses only libraries from Debian packages."""
    BUILT.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "GOCACHE": str(BUILT / "go-cache")}
    subprocess.run(["go", "build", "-o", BUILT / "peer", HERE / "peer.go"], env=environment, check=True)
    compile_floor = ["g++", "-std=c++17", "-O3", "-o", BUILT / "floor", HERE / "floor.cc", "-lsimdjson", "-lcurl"]
    subprocess.run(compile_floor, check=True)


def run(*command):
    """Runs a comparison program and returns its result."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]}: {done.stderr.decode(errors='replace')}")
    return json.loads(done.stdout)


def check_same_work(results, exporter_types):
    """Checks that all programs found the same objects. Otherwise their figures cannot be compared."""
    for name, runs in results.items():
        for each in runs:
            found = {kind: count for kind, count in each.get("objects_by_type", exporter_types).items() if count}
            if found != exporter_types:
                raise SystemExit(f"{name} found {found}, the exporter {exporter_types}")


class Bench:
    """The measurements of one cluster."""

    def __init__(self, arguments, bin_dir, token):
        self.arguments, self.bin_dir, self.token = arguments, bin_dir, token

    def exporter(self, simulator, *flags, folder=None):
        return Exporter(folder or self.bin_dir, simulator, *flags)

    def cost(self, simulator, objects):
        """Measures the cost of a poll for each program in turn, and the response times of the exporter during polls."""
        api = simulator.url + "/ctrl/1.0/"
        results = {"ours": [], "before": [], "floor": [], "Go": [], "Python": []}
        python_runs = 1 if objects >= FEW_PYTHON_RUNS_FROM else self.arguments.python_repeats
        with contextlib.ExitStack() as programs:
            exporter = programs.enter_context(self.exporter(simulator))
            exporter.poll()
            before = None
            if self.arguments.before:
                before = programs.enter_context(self.exporter(simulator, folder=self.arguments.before))
                before.poll()
            for turn in range(self.arguments.repeats):
                log(f"{objects:,} objects, turn {turn + 1} of {self.arguments.repeats}")
                results["ours"].append(exporter.poll())
                if before:
                    results["before"].append(before.poll())
                results["floor"].append(run(BUILT / "floor", api, self.token))
                results["Go"].append(run(BUILT / "peer", "-url", api, "-token-file", self.token))
                if turn < python_runs:
                    peer = [sys.executable, HERE / "peer.py", "--url", api, "--token-file", self.token]
                    results["Python"].append(run(*peer))
            calls = exporter.longest_calls()[1:]
            types = exporter.objects_by_type(exporter.metrics())
            answers = self.answers(exporter)
        check_same_work(results, types)
        return {"results": results, "answers": answers, "calls": calls}

    def answers(self, exporter):
        """The response times in seconds during polls, by request."""
        found = {}
        for name, path, encoding in (
            ("/-/healthy", "/-/healthy", "identity"), ("/metrics", "/metrics", "identity"), ("/metrics, gzip", "/metrics", "gzip"),
        ):
            with Scraper(exporter.port, path, encoding) as scraper:
                polls = [exporter.poll() for _ in range(self.arguments.scrape_polls)]
            found[name] = scraper.latencies_during(polls)
        return found

    def memory(self, simulator, *flags):
        """The memory and the peak memory during list and space polls, with a client that does not read its reply."""
        with self.exporter(simulator, "--space.interval", "5s", *flags) as exporter:
            wait_for("the space", lambda: exporter.metrics().has("storpool_pve_space_last_success"), SPACE_LIMIT)
            exporter.poll()
            exporter.reset_peak()
            with silent_reader(exporter):
                for _ in range(self.arguments.memory_polls):
                    exporter.poll()
            return exporter.memory() | {"page": len(exporter.metrics().text.encode())}

    def busy(self, simulator):
        """The durations of polls without and with busy clients, and of scrapes beside busy clients, by request of the clients."""
        found = {}
        with self.exporter(simulator) as exporter:
            for name, flags in BUSY_REQUESTS.items():
                log(f"busy clients: {name}")
                alone, beside, scrapes = [], [], {"identity": [], "gzip": []}
                for _ in range(self.arguments.repeats):
                    alone.append(duration(exporter.poll()))
                    with busy_clients(exporter, BUSY_CLIENTS, flags):
                        beside.append(duration(exporter.poll()))
                        for encoding, answers in scrapes.items():
                            with Scraper(exporter.port, encoding=encoding, reconnects=True) as scraper:
                                polls = [exporter.poll()]
                            answers += scraper.latencies_during(polls)
                found[name] = {"alone": alone, "beside": beside, "scrapes": scrapes}
        return found

    def idle(self, simulator):
        """CPU time and wake-ups between polls."""
        with self.exporter(simulator) as exporter:
            exporter.poll()
            spent, woken = exporter.cpu(), exporter.switches()
            time.sleep(IDLE_SECONDS)
            return {"cpu": (exporter.cpu() - spent) / IDLE_SECONDS, "wakes": exporter.switches() - woken} | exporter.memory()


def duration(poll):
    return poll["ended"] - poll["began"]


def spread(values, digits=3):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def cpu(runs):
    return [each["cpu_seconds"] for each in runs]


def pairwise(left, right):
    """The median over all turns of the ratio of the CPU times."""
    return statistics.median(a / b for a, b in zip(cpu(left), cpu(right)))


def cost_table(measured):
    yield "| objects | CPU of a poll, seconds: median (least to most) | floor | Go | Python | ratio to the floor | Go, ratio | Python, ratio |"
    yield "|---|---|---|---|---|---|---|---|"
    for objects, found in measured.items():
        results = found["results"]
        ours = results["ours"]
        digits = 4 if objects < 20_000 else 3
        yield (
            f"| {objects:,} | {spread(cpu(ours), digits)} | {spread(cpu(results['floor']), digits)} | {spread(cpu(results['Go']), digits)}"
            f" | {spread(cpu(results['Python']), digits)} | {pairwise(ours, results['floor']):.2f}"
            f" | {pairwise(results['Go'], ours):.1f} | {pairwise(results['Python'], ours):.1f} |")


def before_table(measured):
    yield "| objects | CPU of a poll of the earlier program, seconds: median (least to most) | ratio, current to earlier |"
    yield "|---|---|---|"
    for objects, found in measured.items():
        before, ours = found["results"]["before"], found["results"]["ours"]
        yield f"| {objects:,} | {spread(cpu(before), 4 if objects < 20_000 else 3)} | {pairwise(ours, before):.3f} |"


def size_table(measured):
    yield "| objects | page, MB | peak memory, MiB | without series per VM, MiB | Go, MiB | Python, MiB |"
    yield "|---|---|---|---|---|---|"
    for objects, found in measured.items():
        peers = [f"{max(each['peak_rss_bytes'] for each in found['results'][name]) / MIB:.0f}" for name in ("Go", "Python")]
        yield (
            f"| {objects:,} | {found['memory']['page'] / 1e6:.1f} | {found['memory']['VmHWM'] / MIB:.1f}"
            f" | {found['memory without VMs']['VmHWM'] / MIB:.1f} | {peers[0]} | {peers[1]} |")


def answer_table(measured):
    yield "| objects | request during polls | answers | median, ms | 99th percentile, ms | slowest, ms |"
    yield "|---|---|---|---|---|---|"
    for objects, found in measured.items():
        for name, values in found["answers"].items():
            if len(values) < 2:
                yield f"| {objects:,} | {name} | {len(values)} | – | – | – |"
                continue
            ms = sorted(1000 * value for value in values)
            p99 = statistics.quantiles(ms, n=100, method="inclusive")[98]
            yield f"| {objects:,} | {name} | {len(ms)} | {statistics.median(ms):.1f} | {p99:.1f} | {ms[-1]:.1f} |"


def call_table(measured):
    yield "| objects | longest event handler of a poll, ms: median (least to most) | file of the handler |"
    yield "|---|---|---|"
    for objects, found in measured.items():
        slowest = max(found["calls"])
        yield f"| {objects:,} | {spread([1000 * duration for duration, _ in found['calls']], 1)} | {slowest[1]} |"


def busy_table(measured):
    yield (
        f"| objects | request of the {BUSY_CLIENTS} clients | poll without clients, seconds: median (least to most) | with clients | ratio"
        " | longest scrape, s | longest scrape with gzip, s |")
    yield "|---|---|---|---|---|---|---|"
    for objects, found in measured.items():
        for name, each in found["busy"].items():
            ratio = statistics.median(beside / alone for alone, beside in zip(each["alone"], each["beside"]))
            longest = [f"{max(answers):.2f}" if answers else "–" for answers in each["scrapes"].values()]
            yield f"| {objects:,} | {name} | {spread(each['alone'])} | {spread(each['beside'])} | {ratio:.1f} | {' | '.join(longest)} |"


def first_line(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout.partition("\n")[0]


def machine():
    model = next((line.partition(": ")[2] for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine()).strip()
    versions = [
        first_line("swift", "--version"),
        first_line("go", "version"),
        f"Python {platform.python_version()}",
        "simdjson " + first_line("dpkg-query", "-W", "-f", "${Version}", "libsimdjson-dev"),
    ]
    return f"{datetime.date.today()}, {model}, {os.cpu_count()} cores, {'; '.join(versions)}."


def report(arguments, measured, idle):
    yield machine()
    yield ""
    yield f"{arguments.repeats} turns. A poll lasts from the request to the rendered page. CPU is the user and system time of the process."
    yield "The floor is a program in which libcurl receives the same bytes and simdjson parses them. Ratios are medians of the ratios in each turn."
    yield ""
    yield from cost_table(measured)
    yield ""
    if arguments.before:
        yield from before_table(measured)
        yield ""
    yield "Memory is the largest resident size after the start, with space polls and a client that does not read."
    yield ""
    yield from size_table(measured)
    yield ""
    yield from answer_table(measured)
    yield ""
    yield from call_table(measured)
    yield ""
    yield "The busy clients run on the same machine and compete with the poll for its cores."
    yield ""
    yield from busy_table(measured)
    yield ""
    yield (
        f"Idle for {IDLE_SECONDS} seconds with {min(measured):,} objects: {100 * idle['cpu']:.3f} % CPU, {idle['wakes']} wake-ups,"
        f" {idle['VmRSS'] / MIB:.1f} MiB resident.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--before", type=pathlib.Path, help="folder of an earlier exporter, measured in the same turns")
    parser.add_argument("--python-repeats", type=int, default=5)
    parser.add_argument("--scrape-polls", type=int, default=10, help="polls during which answers are timed")
    parser.add_argument("--memory-polls", type=int, default=5, help="polls whose peak memory is measured")
    parser.add_argument("--output", type=pathlib.Path, help="also write the report to this file")
    arguments = parser.parse_args()
    bin_dir = pathlib.Path(os.environ.setdefault("BIN_DIR", str(ROOT / ".build/release")))

    build_peers()
    measured, idle = {}, None
    with tempfile.TemporaryDirectory() as folder:
        token = pathlib.Path(folder) / "token"
        token.touch(mode=0o600)
        token.write_text(TOKEN + "\n")
        bench = Bench(arguments, bin_dir, token)
        for objects in arguments.objects:
            with Simulator(objects) as simulator:
                measured[objects] = bench.cost(simulator, objects)
                log("memory")
                measured[objects]["memory"] = bench.memory(simulator)
                measured[objects]["memory without VMs"] = bench.memory(simulator, "--no-metrics.per-vm")
                measured[objects]["busy"] = bench.busy(simulator)
                idle = idle or bench.idle(simulator)
    text = "\n".join(report(arguments, measured, idle)) + "\n"
    print(text, end="")
    if arguments.output:
        arguments.output.write_text(text)


if __name__ == "__main__":
    main()
