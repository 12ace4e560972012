# To be sourced by bash scripts that wait for long commands, and may be told to end meanwhile.

# What the script waits for is told to end when the script is: ids of processes, blanks between.
child=
give_up() {
    trap - INT TERM HUP
    if [ -n "$child" ]; then
        # shellcheck disable=SC2086  # each is an id
        kill -TERM $child 2>/dev/null || true
        # shellcheck disable=SC2086
        wait $child || true
    fi
    exit "$1"
}
trap 'give_up 130' INT
trap 'give_up 143' TERM
trap 'give_up 129' HUP
# Runs a command so that signals are heard meanwhile.
attend() {
    local status=0
    "$@" &
    child=$!
    wait "$child" || status=$?
    child=
    return $status
}
