# Starts a simulated StorPool cluster and an exporter, for demo.sh and observe.sh, which `source` this file.
# BIN_DIR is the folder of the programs. start_site sets $api and $page. Logs and the token are in the folder $work.

bin=${BIN_DIR:?must be the folder of the programs}
work=$(mktemp -d)
programs=()

stop() {
    trap '' INT TERM
    jobs -p | xargs -r kill 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap stop EXIT
trap 'echo; echo "Stopping."; exit 0' INT TERM

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$1" >&2
    tail -n 20 "$work"/*.log >&2
    exit 1
}

# Prints the given port, or the next port that is free.
free_port() {
    local port
    for ((port = $1; port < $1 + 100; port++)); do
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    fail "no free port between $1 and $(($1 + 99))"
}

# Repeats a command until it succeeds, for 30 seconds or until the process in the first argument ends.
wait_for() {
    local process=$1 deadline=$((SECONDS + 30))
    shift
    until "$@" >/dev/null 2>&1; do
        kill -0 "$process" 2>/dev/null || fail "a program ended too early"
        ((SECONDS < deadline)) || fail "not ready after 30 seconds"
        sleep 0.1
    done
}

# Usage: start_site OBJECTS [FLAG]...
# Starts a changing cluster with OBJECTS objects and an exporter with the flags.
start_site() {
    local objects=$1 port
    shift
    (umask 077 && od -An -N8 -tu8 /dev/urandom | tr -d ' ' >"$work/token")
    "$bin/storpool-simulator" --objects "$objects" --seed 1 --listen 127.0.0.1:0 --token "$(<"$work/token")" --churn 30/m --epoch now \
        >"$work/simulator.log" 2>&1 &
    programs+=($!)
    wait_for "$!" grep -qo 'http://[^ ]*' "$work/simulator.log"
    api=$(grep -o 'http://[^ ]*' "$work/simulator.log" | head -n 1)
    port=$(free_port 10058)
    page=http://127.0.0.1:$port
    "$bin/storpool-pve-exporter" serve --storpool.url "$api" --storpool.token-file "$work/token" \
        --web.listen-address "127.0.0.1:$port" "$@" >"$work/exporter.log" 2>&1 &
    programs+=($!)
    wait_for "$!" curl --silent --fail --max-time 2 "$page/-/ready"
}

# Waits for the given number of seconds, or for Ctrl-C if the number is empty. Fails if a program ends.
stay() {
    local process
    if [[ -n $1 ]]; then
        # `sleep` runs in the background, because a signal interrupts `wait` but not a command in the foreground.
        sleep "$1" &
        wait -n "$!" "${programs[@]}" || true
        echo "Stopping after $1 seconds."
    else
        wait -n "${programs[@]}" || true
    fi
    for process in "${programs[@]}"; do
        kill -0 "$process" 2>/dev/null || fail "a program ended too early"
    done
}
