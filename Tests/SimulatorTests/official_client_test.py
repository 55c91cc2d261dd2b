"""StorPool's Python client reads every field of every reply of the simulator."""

import pytest
from storpool import spapi

from testkit.processes import Simulator

# Optional fields that some objects do not have.
ABSENT_BY_DESIGN = {"tags", "backupOfVisibleVolumeId", "backupOfGlobalId"}
MULTI_CLUSTER_ONLY = {"clusterName", "clusterId"}


def lost(value, allowed, path=""):
    """The paths of fields that are None in the client. They are absent from the reply, or the client did not accept them."""
    if value is None:
        name = path.rsplit(".", 1)[-1]
        return [] if name in allowed else [path]
    if hasattr(value, "to_json"):
        value = value.to_json()
    if isinstance(value, dict):
        return [p for key, item in value.items() for p in lost(item, allowed, f"{path}.{key}")]
    if isinstance(value, (list, set)):
        return [p for item in value for p in lost(item, allowed, f"{path}[]")]
    return []


def client(simulator, **options):
    return spapi.Api(host=simulator.host, port=simulator.port, auth=simulator.token, transientRetries=0, **options)


@pytest.fixture(name="simulator", scope="module", params=["at the start", "after churn"])
def fixture_simulator(request):
    with Simulator(objects=2000) as simulator:
        if request.param == "after churn":
            simulator.control("POST", "step?changes=3000&seconds=86400")
        yield simulator


@pytest.mark.parametrize("call", ["volumesList", "snapshotsList", "volumesSpace", "snapshotsSpace"])
@pytest.mark.parametrize("multi_cluster", [False, True])
@pytest.mark.parametrize("cluster", [None, "simulated", "~nzkr.b"])
def test_the_client_reads_every_field_of_lists(simulator, call, multi_cluster, cluster):
    objects = getattr(client(simulator, multiCluster=multi_cluster), call)(clusterName=cluster)
    assert len(objects) > 500
    allowed = ABSENT_BY_DESIGN | (set() if multi_cluster else MULTI_CLUSTER_ONLY)
    assert sorted(set(lost(objects, allowed))) == []


def test_elements_agree_with_the_raw_reply(simulator):
    for typed, raw in [("volumesSpace", "VolumesSpace"), ("snapshotsSpace", "SnapshotsSpace")]:
        elements = simulator.data(raw)
        objects = getattr(client(simulator), typed)()
        assert len(objects) == len(elements)
        for element, read in zip(elements, objects):
            for key, value in element.items():
                if key == "snapshot":
                    continue
                assert getattr(read, key) == value


def test_single_objects_are_found_by_every_id(simulator):
    api = client(simulator)
    for element in simulator.data("VolumesList")[::7]:
        names = {element["name"], "~" + element["globalId"]}
        for name in names:
            found = api.volumeList(name) if not name.startswith("#") else [api.volumeList("~" + element["globalId"])[0]]
            assert len(found) == 1
            assert found[0].globalId == element["globalId"]
            assert sorted(set(lost(found, ABSENT_BY_DESIGN | MULTI_CLUSTER_ONLY))) == []
    for element in simulator.data("SnapshotsList")[::7]:
        found = api.snapshotList("~" + element["globalId"])
        assert [one.name for one in found] == [element["name"]]
        assert sorted(set(lost(found, ABSENT_BY_DESIGN | MULTI_CLUSTER_ONLY))) == []


@pytest.mark.parametrize("call", ["volumeList", "snapshotList"])
def test_an_absent_object_is_an_error(simulator, call):
    with pytest.raises(spapi.ApiError) as caught:
        getattr(client(simulator), call)("~nzkr.b.zzzzzzz")
    assert caught.value.name == "objectDoesNotExist"
    assert not caught.value.transient


def test_the_client_reads_every_field_of_templates(simulator):
    templates = client(simulator).volumeTemplatesStatus()
    assert [template.name for template in templates] == ["nvme", "hybrid", "hdd", "archive"]
    assert lost(templates, set()) == []
    assert templates[3].volumesCount == 0


def test_the_client_reads_every_field_of_services(simulator):
    services = client(simulator).servicesList()
    assert services.clusterStatus == "running"
    # A service that is not running has no start time.
    assert lost(services, {"startTime"}) == []
    assert [mgmt.active for mgmt in services.mgmt.values()].count(True) == 1


def test_the_client_retries_after_a_transient_error(start):
    simulator = start("--fault", "transient,call=ServicesList,count=2")
    api = spapi.Api(
        host=simulator.host, port=simulator.port, auth=simulator.token, transientRetries=2, transientSleep=lambda _: 0)
    assert api.servicesList().clusterStatus == "running"
    assert simulator.control("GET", "state")["requests"]["ServicesList"] == 3


def test_a_wrong_token_is_an_error(simulator):
    api = spapi.Api(host=simulator.host, port=simulator.port, auth=simulator.token + "0", transientRetries=0)
    with pytest.raises(spapi.ApiError):
        api.volumesList()
