#!/usr/bin/env python3
"""What one poll costs the exporter, beside the same work in Go and in Python and the floor under all of them.

Everything runs in one go against the same simulated cluster, in turns, and prints one report in Markdown.
`make bench` builds what is needed first. BIN_DIR is the folder of the two programs.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

from processes import Exporter, Simulator
from scrapes import Scraper

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILT = ROOT / ".build" / "benchmark"
MIB = 1 << 20


def say(text):
    print(text, file=sys.stderr, flush=True)


def build_peers():
    """The Go program by Debian's packages alone, the floor by Debian's simdjson and libcurl."""
    BUILT.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "GOCACHE": str(BUILT / "go-cache")}
    subprocess.run(["go", "build", "-o", BUILT / "peer", HERE / "peer.go"], env=environment, check=True)
    compile_floor = ["g++", "-std=c++17", "-O3", "-o", BUILT / "floor", HERE / "floor.cc", "-lsimdjson", "-lcurl"]
    subprocess.run(compile_floor, check=True)


def run(*command):
    """One run of a peer, in a process of its own."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]}: {done.stderr.decode(errors='replace')}")
    return json.loads(done.stdout)


def check_same_work(results, exporter_types):
    """Figures mean something only if all programs found the same objects."""
    for name, runs in results.items():
        for each in runs:
            found = {kind: count for kind, count in each.get("objects_by_type", exporter_types).items() if count}
            if found != exporter_types:
                raise SystemExit(f"{name} found {found}, the exporter {exporter_types}")


def measure(arguments, bin_dir, token):
    """The large cluster: all programs in turns, then scrapes while polls run."""
    results = {"ours": [], "Go": [], "Python": [], "floor": []}
    with Simulator(bin_dir, arguments.objects, token) as simulator:
        with Exporter(bin_dir, simulator.url, token) as exporter:
            exporter.poll()
            for turn in range(arguments.repeats):
                say(f"turn {turn + 1} of {arguments.repeats}")
                results["ours"].append(exporter.poll())
                results["floor"].append(run(BUILT / "floor", simulator.url, token))
                results["Go"].append(run(BUILT / "peer", "-url", simulator.url, "-token-file", token))
                if turn < arguments.python_repeats:
                    peer = [sys.executable, HERE / "peer.py", "--url", simulator.url, "--token-file", token]
                    results["Python"].append(run(*peer))
            say("scrapes while polls run")
            scrapes = {}
            for encoding in ("identity", "gzip"):
                with Scraper(exporter.port, encoding) as scraper:
                    polls = [exporter.poll() for _ in range(arguments.scrape_polls)]
                scrapes[encoding] = scraper.latencies_during(polls)
            page = exporter.page()
            memory = exporter.memory()
    check_same_work(results, page.objects_by_type)
    return results, scrapes, page, memory


def measure_memory(objects, arguments, bin_dir, token):
    """Another size: polls and scrapes in both encodings, then the peak."""
    with Simulator(bin_dir, objects, token) as simulator, Exporter(bin_dir, simulator.url, token) as exporter:
        for _ in range(arguments.repeats):
            exporter.poll()
            with Scraper(exporter.port, "gzip") as scraper:
                scraper.wait_for(20)
        return exporter.memory()


def spread(values, digits=3):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def cpu_table(results, page):
    def cpu(name, key="cpu_seconds"):
        return [each[key] for each in results[name]]

    ours = statistics.median(cpu("ours"))
    rows = [
        ("storpool-pve-exporter", cpu("ours"), "", len(page.body)),
        ("Go: encoding/json, client_golang", cpu("Go"), results["Go"][0]["peak_rss_bytes"], results["Go"][0]["page_bytes"]),
        ("Python: official client, prometheus_client", cpu("Python"), results["Python"][0]["peak_rss_bytes"], results["Python"][0]["page_bytes"]),
        ("floor: simdjson walks the bytes", cpu("floor", "walk_seconds"), "", ""),
        ("floor: libcurl receives them", cpu("floor", "receive_seconds"), "", ""),
    ]
    yield "| one poll | CPU seconds, median (least to most) | relative to ours | peak memory, MiB | page, MB |"
    yield "|---|---|---|---|---|"
    for name, values, peak, size in rows:
        ratio = f"{statistics.median(values) / ours:.2f}"
        peak = f"{peak / MIB:.0f}" if peak else "see below" if name.startswith("storpool") else ""
        size = f"{size / 1e6:.1f}" if size else ""
        yield f"| {name} | {spread(values)} | {ratio} | {peak} | {size} |"


def memory_table(memories):
    yield "| objects | resident now, MiB | highest since start, MiB |"
    yield "|---|---|---|"
    for objects, memory in sorted(memories.items()):
        yield f"| {objects:,} | {memory['VmRSS'] / MIB:.1f} | {memory['VmHWM'] / MIB:.1f} |"


def scrape_table(scrapes):
    yield "| scrape during a poll | scrapes | median, ms | 99th percentile, ms | slowest, ms |"
    yield "|---|---|---|---|---|"
    for encoding, values in scrapes.items():
        if len(values) < 2:
            yield f"| {encoding} | {len(values)} | – | – | – |"
            continue
        ms = sorted(1000 * value for value in values)
        p99 = statistics.quantiles(ms, n=100, method="inclusive")[98]
        yield f"| {encoding} | {len(ms)} | {statistics.median(ms):.1f} | {p99:.1f} | {ms[-1]:.1f} |"


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


def report(arguments, results, scrapes, page, memories):
    body = results["floor"][0]["body_bytes"]
    yield machine()
    yield ""
    yield f"{arguments.objects:,} objects, {body / 1e6:.0f} MB of JSON, {page.machines:,} VMs; {arguments.repeats} turns."
    yield "A poll is everything from the request to the rendered page; CPU is user and system time of the process."
    yield ""
    yield from cpu_table(results, page)
    yield ""
    yield from memory_table(memories)
    yield ""
    yield from scrape_table(scrapes)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=1_000, help="the size at which memory is measured too")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--python-repeats", type=int, default=3)
    parser.add_argument("--scrape-polls", type=int, default=10, help="polls during which scrapes are timed")
    parser.add_argument("--output", type=pathlib.Path, help="write the report there as well")
    arguments = parser.parse_args()
    bin_dir = pathlib.Path(os.environ.get("BIN_DIR", ROOT / ".build" / "release"))

    build_peers()
    with tempfile.TemporaryDirectory() as folder:
        token = pathlib.Path(folder) / "token"
        token.touch(mode=0o600)
        token.write_text("1234567890123456789\n")
        results, scrapes, page, memory = measure(arguments, bin_dir, token)
        say("memory at the smaller size")
        memories = {arguments.objects: memory, arguments.small: measure_memory(arguments.small, arguments, bin_dir, token)}
    text = "\n".join(report(arguments, results, scrapes, page, memories)) + "\n"
    print(text, end="")
    if arguments.output:
        arguments.output.write_text(text)


if __name__ == "__main__":
    main()
