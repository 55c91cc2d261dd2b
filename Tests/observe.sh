#!/usr/bin/env bash
# Runs the exporter on a simulated cluster and a Prometheus with the alert rules until Ctrl-C. `make observe` calls this script.
# BIN_DIR: folder of the programs. OBSERVE_OBJECTS: size of the cluster (2000). OBSERVE_SECONDS: stop after this time (never).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/site.sh"

dashboards=$(cd "$(dirname "${BASH_SOURCE[0]}")/../dashboards" && pwd)
start_site "${OBSERVE_OBJECTS:-2000}" --poll.interval 5s --space.interval 30s --templates.interval 30s

prometheus=127.0.0.1:$(free_port 9090)
cat >"$work/prometheus.yml" <<END
global: {scrape_interval: 5s, evaluation_interval: 5s}
rule_files: ["$dashboards/alerts/storpool-pve.rules.yml"]
scrape_configs:
  - job_name: storpool-pve
    static_configs: [{targets: ["${page#http://}"]}]
END
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --web.listen-address="$prometheus" \
    >"$work/prometheus.log" 2>&1 &
programs+=($!)

# Succeeds if Prometheus has a result for the query.
knows() {
    curl --silent --fail --max-time 2 --data-urlencode "query=$1" "http://$prometheus/api/v1/query" | grep -q '"metric"'
}
wait_for "$!" knows storpool_pve_up

cat <<END

Prometheus scrapes the exporter and evaluates the rules every 5 seconds. The cluster changes every other second.
  http://$prometheus/          Prometheus
  http://$prometheus/alerts    pending and firing alerts; the simulated cluster has anomalies of every kind
  $page/                 the exporter
Queries:
  topk(10, sum by (pve_cluster, vmid) (storpool_pve_stored_bytes{vmid!=""}))     the largest VMs
  sum by (pve_cluster, storage) (storpool_pve_anomalies{severity="error"}) > 0   the storages that cannot be listed
To see the dashboards in Grafana (10 to 12), run:
  PROMETHEUS_URL=http://$prometheus STORPOOL_PVE_DASHBOARDS=$dashboards \\
  GF_PATHS_PROVISIONING=$dashboards/provisioning grafana server --homepath /usr/share/grafana
Ctrl-C stops everything.
END
stay "${OBSERVE_SECONDS:-}"
