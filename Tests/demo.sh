#!/usr/bin/env bash
# Shows the exporter at work on a simulated cluster, until Ctrl-C. `make demo` builds what it needs and calls this.
# BIN_DIR: where the two programs are. DEMO_OBJECTS: size of the cluster (2000). DEMO_SECONDS: stop by itself after so many.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/site.sh"

objects=${DEMO_OBJECTS:-2000}
start_site "$objects" --poll.interval 5s --space.interval 30s --templates.interval 30s

echo
echo "What 'storpool-pve-exporter check' says of the simulated cluster of $objects objects:"
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

The exporter is running and polls every 5 seconds; the cluster changes every other second.
  $page/           for people: state of the last poll, totals, the worst anomalies
  $page/metrics    for Prometheus
Look at:
  # objects by cluster, storage, type and VM
  curl -s $page/metrics | grep '^storpool_pve_objects'
  # what is wrong, worst first
  curl -s $page/metrics | grep '^storpool_pve_anomaly_info'
  # goes up every 5 seconds
  curl -s $page/metrics | grep '^storpool_pve_polls_total'
  # its events (without a journal: $work/exporter.log); the package explains them to journalctl -x
  journalctl -t storpool-pve-exporter
The API that it polls: $api
Ctrl-C stops both.
END
stay "${DEMO_SECONDS:-}"
