"""`list` shows the anomalies of objects with an unknown age, a scheduled deletion, or tags that contradict other objects."""

import pytest

from testkit.commands import Commands
from testkit.processes import Exporter
from testkit.scripted_api import ScriptedAPI, envelope, reply

CREATED = 1_700_000_000


def made_object(number, created=CREATED, name=None, fields=None, **tags):
    """An object of VM 104 with these tags. A tag with the value None is absent."""
    names = {"loc": "pve-loc", "storage": "pve", "type": "pve-type", "vm": "pve-vm", "disk": "pve-disk",
             "base": "pve-base", "snap": "pve-snap", "parent": "pve-snap-v", "comment": "pve-comment",
             "policy": "vc-policy"}
    tags = {"loc": "lab", "storage": "sp", "type": "images", "vm": "104"} | tags
    return {
        "name": name or f"~o.n.{number}", "globalId": f"o.n.{number}", "size": 512, "creationTimestamp": created,
        "tags": {"virt": "pve"} | {names[key]: value for key, value in tags.items() if value is not None},
    } | (fields or {})


DISK = made_object(1, disk="0")
SNAPSHOT = {"disk": "0", "snap": "daily", "parent": "o.n.1"}
DATE = {"fields": {"targetDeleteDate": 1_800_000_000}}

# Volumes, snapshots, and the expected reasons by the number of the object, which ends its global id.
CASES = {
    "a base with a date": ([], [made_object(2, disk="0", base="1", **DATE)], {2: ["scheduled-deletion"]}),
    "an ISO with a date": ([], [made_object(2, type="iso", vm=None, **DATE)], {2: ["scheduled-deletion"]}),
    "an image with a date": ([], [made_object(2, vm=None, **DATE)], {2: ["scheduled-deletion"]}),
    "a disk snapshot with a date": ([DISK], [made_object(2, **SNAPSHOT, **DATE)], {2: ["scheduled-deletion"]}),
    "a date of VolumeCare": ([DISK], [made_object(2, **SNAPSHOT, **DATE, policy="daily")], {}),
    "an empty policy": ([DISK], [made_object(2, **SNAPSHOT, **DATE, policy="")], {2: ["scheduled-deletion"]}),
    "a date of 0": ([DISK], [made_object(2, **SNAPSHOT, fields={"targetDeleteDate": 0})], {}),
    "a date of null": ([DISK], [made_object(2, **SNAPSHOT, fields={"targetDeleteDate": None})], {}),
    "cloud-init of 1970": ([made_object(1, 0, disk="cloudinit")], [], {1: ["unfindable-cloudinit"]}),
    "cloud-init of unknown age": ([made_object(1, None, disk="cloudinit")], [], {1: ["unfindable-cloudinit"]}),
    "cloud-init of a container": ([made_object(1, disk="cloudinit", type="rootdir")], [], {1: ["unfindable-cloudinit"]}),
    "a snapshot of a renamed storage": ([DISK], [made_object(2, **SNAPSHOT, storage="old")], {2: ["storage-mismatch"]}),
    "a snapshot of a renamed cluster": ([DISK], [made_object(2, **SNAPSHOT, loc="Lab")], {2: ["storage-mismatch"]}),
    "a snapshot of a foreign volume": (
        [DISK | {"tags": {}}], [made_object(2, **SNAPSHOT)], {2: ["storage-mismatch"]}),
    "a snapshot of another VM": ([DISK], [made_object(2, **SNAPSHOT | {"vm": "105"})], {2: ["owner-mismatch"]}),
    "a base and a disk": (
        [DISK], [made_object(2, disk="0", base="1", storage="other")], {1: ["base-and-disk"], 2: ["base-and-disk"]}),
    "two bases": ([], [made_object(2, disk="0", base="1"), made_object(3, disk="0", base="1")], {}),
    "two snapshots of a disk, one deleted": (
        [DISK], [made_object(2, **SNAPSHOT), made_object(3, **SNAPSHOT, fields={"deleted": True})], {2: ["duplicate-snapshot"]}),
    "two snapshots of a disk, one transient": (
        [DISK], [made_object(2, **SNAPSHOT), made_object(3, **SNAPSHOT, fields={"transient": True})], {2: ["duplicate-snapshot"]}),
    "two snapshots of a disk, one deleted with a star": (
        [DISK], [made_object(2, **SNAPSHOT), made_object(3, name="*o.n.3", **SNAPSHOT, fields={"deleted": True})], {}),
}


@pytest.fixture(name="api")
def fixture_api():
    with ScriptedAPI() as api:
        yield api


def set_objects(api, volumes, snapshots):
    api.script = {"VolumesList": reply(envelope(*volumes)), "SnapshotsList": reply(envelope(*snapshots))}


def rows(api, *flags):
    """The rows of `list`, by the number of the object."""
    return {int(row["global_id"].rpartition(".")[2]): row for row in Commands(api).rows(*flags)}


@pytest.mark.parametrize("volumes, snapshots, reasons", CASES.values(), ids=[name.replace(" ", "-") for name in CASES])
def test_an_object_has_the_expected_anomalies(api, volumes, snapshots, reasons):
    set_objects(api, volumes, snapshots)
    found = rows(api)
    assert {number: [anomaly["reason"] for anomaly in row["anomalies"]] for number, row in found.items()} == {
        number: reasons.get(number, []) for number in found}
    for row in found.values():
        assert all(anomaly["severity"] == "warning" for anomaly in row["anomalies"])


def test_a_detail_names_tags_values_and_dates(api):
    set_objects(api, [DISK], [made_object(2, **SNAPSHOT, **DATE, storage="old")])
    details = {anomaly["reason"]: anomaly["detail"] for anomaly in rows(api)[2]["anomalies"]}
    assert "targetDeleteDate is 1800000000" in details["scheduled-deletion"]
    assert "2027-01-15" in details["scheduled-deletion"]
    assert 'pve is "old"' in details["storage-mismatch"] and '"sp"' in details["storage-mismatch"]


def test_snapshots_are_compared_with_volumes_out_of_scope(api):
    set_objects(api, [made_object(1, disk="0", loc="old")], [made_object(2, **SNAPSHOT)])
    found = rows(api, "--pve.cluster", "lab")
    assert [anomaly["reason"] for anomaly in found[2]["anomalies"]] == ["storage-mismatch"]
    assert found[1]["foreign"] and not found[1]["anomalies"]


def test_a_creation_time_of_0_is_unknown(api):
    set_objects(api, [DISK], [made_object(2, 0, **SNAPSHOT)])
    assert rows(api)[2]["created"] is None
    with Exporter(api.url) as exporter:
        page = exporter.wait_until_up()
        assert page.metric("storpool_pve_objects", object_type="snapshot") == 1
        assert not page.has("storpool_pve_oldest_snapshot") and not page.has("storpool_pve_newest_snapshot")
