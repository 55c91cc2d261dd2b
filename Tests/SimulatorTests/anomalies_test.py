"""The lists of the simulator have exactly the objects and anomalies that its state reports."""

import collections
import re

import pytest

PVE_TAGS = {"pve", "pve-loc", "pve-type", "pve-vm", "pve-disk", "pve-base", "pve-snap", "pve-snap-v"}
GLOBAL_ID = r"[a-z0-9]+\.[a-z0-9]+\.[a-z0-9]+"
NUMBER = r"(?:0|[1-9][0-9]*)"
SNAPSHOT = r"[a-z][a-z0-9_.-]*[a-z0-9]"
DECODABLE = re.compile(
    rf"(?:.*-sp-{GLOBAL_ID}\.iso|img-.*-sp-{GLOBAL_ID}\.raw|vm-[1-9][0-9]*-cloudinit\.raw"
    rf"|snap-[1-9][0-9]*-disk-{NUMBER}-{SNAPSHOT}-p-{GLOBAL_ID}-sp-{GLOBAL_ID}\.raw"
    rf"|snap-[1-9][0-9]*-state-{SNAPSHOT}-sp-{GLOBAL_ID}\.raw"
    rf"|(?:base|vm)-[1-9][0-9]*-disk-{NUMBER}-sp-{GLOBAL_ID}\.raw)")
GLOBAL_NAME = re.compile(rf"~{GLOBAL_ID}")


class Refused(Exception):
    """The plugin cannot encode the name of the object. The argument is the reason of the anomaly."""


def refuse_tags(tags, *names):
    if any(tags.get(name) for name in names):
        raise Refused("unexpected-tag")


def require(condition, reason):
    if not condition:
        raise Refused(reason)


def encode(entry, is_snapshot):
    """(object type, volume name) by the documented rules."""
    tags = entry["tags"]
    if not is_snapshot:
        require(GLOBAL_NAME.fullmatch(entry["name"]), "named-volume")
    gid = entry["globalId"] if is_snapshot else entry["name"][1:]
    kind, vmid, disk = tags.get("pve-type"), tags.get("pve-vm"), tags.get("pve-disk")
    comment = tags.get("pve-comment", "unlabeled")
    if kind == "iso":
        refuse_tags(tags, "pve-vm", "pve-base", "pve-snap", "pve-snap-v")
        require(is_snapshot, "wrong-kind")
        return "iso", f"{comment}-sp-{gid}.iso"
    require(kind in ("images", "rootdir"), "content-type")
    if vmid is None:
        refuse_tags(tags, "pve-base", "pve-snap", "pve-snap-v")
        require(is_snapshot, "wrong-kind")
        return "image", f"img-{comment}-sp-{gid}.raw"
    if tags.get("pve-base", "") not in ("", "0"):
        refuse_tags(tags, "pve-snap", "pve-snap-v")
        require(is_snapshot, "wrong-kind")
        require(disk, "missing-tag")
        return "base", f"base-{vmid}-disk-{disk}-sp-{gid}.raw"
    if tags.get("pve-snap", "") not in ("", "0"):
        require(disk, "missing-tag")
        if disk == "state":
            require(not is_snapshot, "wrong-kind")
            refuse_tags(tags, "pve-snap-v")
            return "vmstate", f"snap-{vmid}-state-{tags['pve-snap']}-sp-{gid}.raw"
        require(is_snapshot, "wrong-kind")
        require(tags.get("pve-snap-v"), "missing-tag")
        return "snapshot", f"snap-{vmid}-disk-{disk}-{tags['pve-snap']}-p-{tags['pve-snap-v']}-sp-{gid}.raw"
    require(not is_snapshot, "wrong-kind")
    require(disk, "missing-tag")
    if disk == "cloudinit":
        return "cloudinit", f"vm-{vmid}-cloudinit.raw"
    return "disk", f"vm-{vmid}-disk-{disk}-sp-{gid}.raw"


def is_going(entry, is_snapshot):
    return is_snapshot and (entry["deleted"] or entry["transient"] or entry["name"].startswith("*"))


def snapshot_key(tags):
    """The tags by which the plugin finds the disk snapshot of a VM snapshot."""
    return tags["pve-loc"], tags["pve"], tags["pve-snap-v"], tags["pve-snap"]


def own_anomalies(entry, is_snapshot):
    """(type, reasons) of an object. The reasons are those that do not depend on other objects."""
    tags = entry["tags"]
    if tags.get("virt") != "pve":
        return "foreign", ["invisible"] if PVE_TAGS & set(tags) else []
    reasons = []
    listed = all(tags.get(name) for name in ("pve", "pve-loc", "pve-type"))
    known = tags.get("pve-type") in ("images", "rootdir", "iso", "backup")
    if not (listed and known):
        reasons.append("invisible")
    try:
        kind, name = encode(entry, is_snapshot)
    except Refused as refused:
        return "invalid", reasons + ([] if reasons else [str(refused)])
    if not DECODABLE.fullmatch(name):
        reasons.append("undecodable-name")
    if kind in ("base", "image", "iso", "snapshot") and entry.get("targetDeleteDate") and not tags.get("vc-policy"):
        reasons.append("scheduled-deletion")
    if kind == "cloudinit" and (not entry.get("creationTimestamp") or tags["pve-type"] == "rootdir"):
        reasons.append("unfindable-cloudinit")
    if "pve-vm" in tags and not 100 <= int(tags["pve-vm"]) <= 999_999_999:
        reasons.append("vmid-range")
    if (kind in ("iso", "image") and tags.get("pve-disk")) or (tags.get("pve-snap-v") and not tags.get("pve-snap")):
        reasons.append("stray-tag")
    if tags.get("pve-base", "") not in ("", "0", "1"):
        reasons.append("odd-boolean")
    return kind, reasons


def survey(simulator):
    """(objects by type, anomalies by reason, objects being deleted), all as numbers."""
    types, reasons, going = collections.Counter(), collections.Counter(), 0
    volumes, groups, disks = {}, collections.defaultdict(list), collections.defaultdict(collections.Counter)
    snapshots, going_twins = [], collections.Counter()
    for call in ("VolumesList", "SnapshotsList"):
        is_snapshot = call == "SnapshotsList"
        for entry in simulator.data(call):
            assert entry["snapshot"] == is_snapshot
            entry["tags"] = entry.get("tags") or {}
            kind, own = own_anomalies(entry, is_snapshot)
            if is_going(entry, is_snapshot):
                going += 1
                # The plugin still lists the snapshot, so the exporter reports its errors, but no other reasons.
                reasons.update(own if kind == "invalid" and own != ["invisible"] else [])
                if kind == "snapshot" and not entry["name"].startswith("*"):
                    going_twins[snapshot_key(entry["tags"])] += 1
                continue
            types[kind] += 1
            reasons.update(own)
            tags = entry["tags"]
            if not is_snapshot and kind != "foreign":
                volumes[entry["name"].lstrip("~")] = tags
            if kind == "disk":
                groups["duplicate-disk", tags.get("pve-loc"), tags["pve-vm"], tags["pve-disk"]].append(entry)
            if kind in ("base", "disk"):
                disks[tags.get("pve-loc"), tags["pve-vm"], tags["pve-disk"]][kind] += 1
            if kind == "cloudinit":
                groups["duplicate-cloudinit", tags["pve-loc"], tags["pve-vm"]].append(entry)
            if kind == "snapshot":
                snapshots.append(tags)
                groups["duplicate-snapshot", *snapshot_key(tags)].append(entry)
    for tags in snapshots:
        parent = volumes.get(tags["pve-snap-v"])
        if parent is None:
            reasons["orphan-snapshot"] += 1
        elif parent["pve-vm"] != tags["pve-vm"]:
            reasons["owner-mismatch"] += 1
        if parent is not None and any(parent.get(tag) != tags.get(tag) for tag in ("pve", "pve-loc")):
            reasons["storage-mismatch"] += 1
    for (reason, *key), members in groups.items():
        if len(members) + (going_twins[tuple(key)] if reason == "duplicate-snapshot" else 0) > 1:
            reasons[reason] += len(members)
    for kinds in disks.values():
        if len(kinds) == 2:
            reasons["base-and-disk"] += kinds.total()
    return types, reasons, going


def assert_agreement(simulator):
    types, reasons, going = survey(simulator)
    state = simulator.control("GET", "state")
    assert {kind: count for kind, count in state["types"].items() if count} == dict(types)
    assert {reason: count for reason, count in state["anomalies"].items() if count} == dict(reasons)
    assert state["objects"]["going"] == going
    return state


@pytest.mark.parametrize("objects", [0, 1, 17, 300, 1_000, 20_000])
def test_the_initial_cluster_agrees_with_the_state(start, objects):
    state = assert_agreement(start(objects=objects))
    assert state["objects"]["total"] == objects
    if objects >= 300:
        assert all(state["anomalies"].values())


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_changed_cluster_agrees_with_the_state(start, seed):
    simulator = start("--seed", str(seed), objects=600)
    for _ in range(12):
        simulator.control("POST", "step?changes=150")
        state = assert_agreement(simulator)
        assert 400 < state["objects"]["total"] < 800


def test_the_flag_no_anomalies_prevents_anomalies(start):
    simulator = start("--no-anomalies", objects=2000)
    simulator.control("POST", "step?changes=2000")
    assert not any(assert_agreement(simulator)["anomalies"].values())


def test_planting_or_repairing_an_anomaly_changes_no_other(start):
    simulator = start("--no-anomalies", objects=500)
    for reason in simulator.control("GET", "state")["anomalies"]:
        for _ in range(8):
            before = simulator.control("GET", "state")["anomalies"]
            planted = simulator.control("POST", f"anomaly?reason={reason}")
            after = assert_agreement(simulator)["anomalies"]
            assert after == before | {reason: before[reason] + len(planted["affected"])}
        repaired = simulator.control("DELETE", f"anomaly?id={planted['globalId']}")
        assert repaired["affected"] == planted["affected"]
        assert assert_agreement(simulator)["anomalies"] == before
