# A real terminal for a test: a tmux of its own whose screen can be read, compared and typed into.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154 # root comes from helper.bash

terminal=

# A terminal of $1 columns, or COLUMNSxROWS, that runs the rest and nothing of the user's.
open_terminal() {
    needs_terminal
    command -v tmux >/dev/null || skip 'tmux is not installed'
    local size=${1}x24
    [[ $1 != *x* ]] || size=$1
    shift
    terminal=range42-$$-$BATS_TEST_NUMBER
    TERM=xterm tmux -L "$terminal" -f /dev/null new-session -d -x "${size%x*}" \
        -y "${size#*x}" "$@"
}

close_terminal() {
    if [ -n "$terminal" ]; then tmux -L "$terminal" kill-server 2>/dev/null || true; fi
    terminal=
}

type_keys() { tmux -L "$terminal" send-keys "$@"; }

# The screen is in $screen, without the empty lines at its end.
look() { screen=$(tmux -L "$terminal" capture-pane -p); }

# The same with the colours.
look_at_colours() { screen=$(tmux -L "$terminal" capture-pane -p -e); }

# Waits until the screen shows $1, an extended regular expression.
await_screen() {
    local tries
    for tries in {1..600}; do
        look
        if grep -qE -- "$1" <<<"$screen"; then return; fi
        sleep 0.05
    done
    fail "after $tries looks the screen does not show: $1
$screen"
}

# Compares the screen, its times made alike, with bats/golden/$1; GOLDEN=write writes that anew.
assert_golden() {
    local golden=$root/bats/golden/$1 seen
    seen=$(sed -E 's/^[0-9]+:[0-9]{2} /M:SS /' <<<"$screen")
    if [ "${GOLDEN:-}" = write ]; then printf '%s\n' "$seen" >"$golden"; fi
    assert_equal "$seen" "$(cat "$golden")"
}
