#!/usr/bin/env python3
"""For comparison: the work of one poll of the exporter in Python, with StorPool's client and prometheus_client.

Reads both lists, classifies and counts the objects, renders one page, and prints the cost.
"""

import argparse
import collections
import json
import pathlib
import re
import resource
import urllib.parse

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from storpool import spapi

UNNAMED = re.compile(r"~[a-z0-9]+\.[a-z0-9]+\.[a-z0-9]+")


def is_true(value):
    """Whether Perl, the language of the plugin, treats the value as true."""
    return value not in (None, "", "0")


def object_type(name, tags, is_snapshot):
    """The object type, or `invalid` if the plugin refuses the object."""
    if not is_snapshot and not UNNAMED.fullmatch(name):
        return "invalid"
    vm, disk = tags.get("pve-vm"), tags.get("pve-disk")
    base, snap, parent = tags.get("pve-base"), tags.get("pve-snap"), tags.get("pve-snap-v")
    content = tags.get("pve-type")
    if content == "iso":
        return "invalid" if vm or base or snap or parent or not is_snapshot else "iso"
    if content not in ("images", "rootdir"):
        return "invalid"
    if vm is None:
        return "invalid" if base or snap or parent or not is_snapshot else "image"
    if is_true(base):
        return "invalid" if snap or parent or not is_snapshot or not disk else "base"
    if is_true(snap):
        if disk == "state":
            return "invalid" if is_snapshot or parent else "vmstate"
        return "invalid" if not disk or not is_snapshot or not parent else "snapshot"
    if is_snapshot or not disk:
        return "invalid"
    return "cloudinit" if disk == "cloudinit" else "disk"


class Inventory:
    """The counts of a poll, and the collector that exports them."""

    def __init__(self):
        self.groups = collections.defaultdict(lambda: [0, 0])
        self.machines = {}
        self.foreign = {"volume": [0, 0], "snapshot": [0, 0]}
        self.going = [0, 0]

    def add(self, each, is_snapshot):
        tags = each.tags or {}
        if tags.get("virt") != "pve":
            total = self.foreign["snapshot" if is_snapshot else "volume"]
        elif is_snapshot and (each.deleted or each.transient or each.name.startswith("*")):
            total = self.going
        else:
            kind = object_type(each.name, tags, is_snapshot)
            where = tags.get("pve-loc", ""), tags.get("pve", "")
            vmid = tags.get("pve-vm", "")
            total = self.groups[(*where, kind, vmid)]
            if kind in ("snapshot", "vmstate"):
                at = each.creationTimestamp
                oldest, newest = self.machines.get((*where, vmid), (at, at))
                self.machines[(*where, vmid)] = min(oldest, at), max(newest, at)
        total[0] += 1
        total[1] += each.size

    def collect(self):
        group = ["pve_cluster", "storage", "object_type", "vmid"]
        machine = ["pve_cluster", "storage", "vmid"]
        families = [
            ("storpool_pve_objects", group, ((k, v[0]) for k, v in self.groups.items())),
            ("storpool_pve_provisioned_bytes", group, ((k, v[1]) for k, v in self.groups.items())),
            ("storpool_pve_oldest_snapshot_timestamp_seconds", machine, ((k, v[0]) for k, v in self.machines.items())),
            ("storpool_pve_newest_snapshot_timestamp_seconds", machine, ((k, v[1]) for k, v in self.machines.items())),
            ("storpool_pve_foreign_objects", ["object_kind"], (((k,), v[0]) for k, v in self.foreign.items())),
            ("storpool_pve_foreign_bytes", ["object_kind"], (((k,), v[1]) for k, v in self.foreign.items())),
            ("storpool_pve_going_objects", [], [((), self.going[0])]),
            ("storpool_pve_going_bytes", [], [((), self.going[1])]),
        ]
        for name, labels, samples in families:
            family = GaugeMetricFamily(name, "As in the exporter.", labels=labels)
            for values, value in samples:
                family.add_metric(values, value)
            yield family


def poll(url, token):
    parts = urllib.parse.urlsplit(url)
    api = spapi.Api(host=parts.hostname, port=parts.port, auth=token)
    inventory = Inventory()
    for each in api.volumesList():
        inventory.add(each, is_snapshot=False)
    for each in api.snapshotsList():
        inventory.add(each, is_snapshot=True)
    registry = CollectorRegistry()
    registry.register(inventory)
    return inventory, generate_latest(registry)


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--token-file", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    token = arguments.token_file.read_text().strip()
    before = cpu()
    inventory, page = poll(arguments.url, token)
    spent = cpu() - before
    types = collections.Counter()
    for (_, _, kind, _), (count, _) in inventory.groups.items():
        types[kind] += count
    print(
        json.dumps(
            {
                "cpu_seconds": spent,
                "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "page_bytes": len(page),
                "objects_by_type": types,
            }
        )
    )


if __name__ == "__main__":
    main()
