#!/usr/bin/env bash
# Runs the exporter on a simulated cluster until Ctrl-C. `make demo` builds the programs and calls this script.
# BIN_DIR: folder of the programs. DEMO_OBJECTS: size of the cluster (2000). DEMO_SECONDS: stop after this time (never).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/site.sh"

objects=${DEMO_OBJECTS:-2000}
start_site "$objects" --poll.interval 5s --space.interval 30s --templates.interval 30s

echo
echo "Output of 'storpool-pve-exporter check' for the simulated cluster of $objects objects:"
echo
"$bin/storpool-pve-exporter" check --storpool.url "$api" --storpool.token-file "$work/token" >"$work/check.txt" || true
if (($(wc -l <"$work/check.txt") > 40)); then
    head -n 28 "$work/check.txt"
    echo "… ($(($(wc -l <"$work/check.txt") - 38)) lines left out)"
    tail -n 10 "$work/check.txt"
else
    cat "$work/check.txt"
fi
cat <<END

The exporter is running and polls every 5 seconds. The cluster changes every other second.
  $page/           status page: state of the last poll, totals, worst anomalies
  $page/metrics    metrics for Prometheus
Try:
  # objects by cluster, storage, type and VM
  curl -s $page/metrics | grep '^storpool_pve_objects'
  # anomalies, worst first
  curl -s $page/metrics | grep '^storpool_pve_anomaly_info'
  # number of polls, which increases every 5 seconds
  curl -s $page/metrics | grep '^storpool_pve_polls_total'
  # a command that reads the simulated cluster
  $bin/storpool-pve-exporter list --vmid 104 --storpool.url $api --storpool.token-file $work/token
  # events; without a journal they are in $work/exporter.log; if the package is installed, journalctl -x explains them
  journalctl -t storpool-pve-exporter
The simulated API: $api
Ctrl-C stops the demo.
END
stay "${DEMO_SECONDS:-}"
