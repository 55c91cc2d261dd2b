"""Writes the JSON files of the dashboards: `.venv/bin/python dashboards/source/generate.py [FOLDER]`."""

import json
import pathlib
import sys

from grafana_foundation_sdk.cog.encoder import JSONEncoder

import anomalies
import overview
import virtual_machine

DASHBOARDS = {
    "overview.json": overview.build,
    "virtual-machine.json": virtual_machine.build,
    "anomalies-and-exporter-health.json": anomalies.build,
}


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[1])
    for name, build in DASHBOARDS.items():
        text = json.dumps(build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False)
        (folder / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
