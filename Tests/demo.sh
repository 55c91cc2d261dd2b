#!/usr/bin/env bash
# A simulated StorPool cluster and the exporter that watches it, until Ctrl-C. `make demo` builds both and calls this.
# BIN_DIR: where the two programs are. DEMO_OBJECTS: size of the cluster (2000). DEMO_SECONDS: stop by itself after so many.
set -euo pipefail

bin=${BIN_DIR:?is the folder of the two programs}
objects=${DEMO_OBJECTS:-2000}
work=$(mktemp -d)
simulator=""
exporter=""

stop() {
    trap '' INT TERM
    jobs -p | xargs -r kill 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap stop EXIT
trap 'echo; echo "Stopping both."; exit 0' INT TERM

fail() {
    printf 'demo: %s\n' "$1" >&2
    tail -n 20 "$work"/*.log >&2
    exit 1
}

# The port where the exporter usually listens, or the next that nothing answers on.
free_port() {
    local port
    for ((port = 10058; port < 10158; port++)); do
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    fail "no free port between 10058 and 10157"
}

# Runs its arguments until they succeed; gives up after half a minute, or when the process of the first argument ends.
wait_for() {
    local process=$1 deadline=$((SECONDS + 30))
    shift
    until "$@" >/dev/null 2>&1; do
        kill -0 "$process" 2>/dev/null || fail "a program ended too early"
        ((SECONDS < deadline)) || fail "not ready after 30 seconds"
        sleep 0.1
    done
}

(umask 077 && od -An -N8 -tu8 /dev/urandom | tr -d ' ' >"$work/token")

"$bin/storpool-simulator" --objects "$objects" --seed 1 --listen 127.0.0.1:0 --token "$(<"$work/token")" --churn 30/m --epoch now \
    >"$work/simulator.log" 2>&1 &
simulator=$!
wait_for "$simulator" grep -qo 'http://[^ ]*' "$work/simulator.log"
api=$(grep -o 'http://[^ ]*' "$work/simulator.log" | head -n 1)

port=$(free_port)
"$bin/storpool-pve-exporter" serve --storpool.url "$api" --storpool.token-file "$work/token" \
    --web.listen-address "127.0.0.1:$port" --poll.interval 5s --space.interval 30s --templates.interval 30s \
    >"$work/exporter.log" 2>&1 &
exporter=$!
page=http://127.0.0.1:$port
wait_for "$exporter" curl --silent --fail --max-time 2 "$page/-/ready"

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
  curl -s $page/metrics | grep '^storpool_pve_objects'         objects by cluster, storage, type and VM
  curl -s $page/metrics | grep '^storpool_pve_anomaly_info'    what is wrong, worst first
  curl -s $page/metrics | grep '^storpool_pve_polls_total'     goes up every 5 seconds
  journalctl -t storpool-pve-exporter -x                       its events (without a journal: $work/exporter.log);
                                                               -x explains them where the catalog is installed, see the README
The API that it polls: $api
Ctrl-C stops both.
END

if [[ -n ${DEMO_SECONDS:-} ]]; then
    # A wait that a signal ends at once, unlike a sleep in the foreground.
    sleep "$DEMO_SECONDS" &
    wait -n "$!" "$exporter" "$simulator" || true
    echo "Stopping both after $DEMO_SECONDS seconds."
else
    wait -n "$exporter" "$simulator" || true
fi
if ! kill -0 "$exporter" 2>/dev/null || ! kill -0 "$simulator" 2>/dev/null; then
    fail "a program ended too early"
fi
