#!/usr/bin/env bats
# activate.sh puts the shims first on PATH, once, and takes them away again; in three shells.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

readonly probe=proxmox__inc.api_reachable.sh

setup() {
    unset RANGE42_FASTPATH_CACHE # ./dev's own, which is none of theirs
    shims=$build/shims
    # The place has a blank in its name, and is reached by its name as well as from within.
    place="$BATS_TEST_TMPDIR/a place"
    cp -r "$shims" "$place"
}

in_each_shell() {
    local shell
    for shell in 'bash -eu' 'bash --posix' 'zsh -f' 'zsh -feu' 'dash -eu'; do
        run_line "cd '$place' && PATH=/usr/bin:/bin:/devkit $shell -c '$1' shell"
        assert_status 0
        assert_equal "$stderr" ''
        assert_equal "$output" "$2"
    done
}

@test "sourced once or twice, the shims stand first, and once" {
    in_each_shell ". \"$place/activate.sh\"; printf %s \"\$PATH\"" "$place:/usr/bin:/bin:/devkit"
    in_each_shell ". \"$place/activate.sh\"; . \"$place/activate.sh\"; printf %s \"\$PATH\"" \
        "$place:/usr/bin:/bin:/devkit"
    in_each_shell ". ./activate.sh; command -v $probe" "$place/$probe"
    in_each_shell ". ../a\\ place/activate.sh; command -v $probe" "$place/$probe"
}

@test "a shims directory behind the devkit is moved to the front" {
    in_each_shell "PATH=/usr/bin:/bin:/devkit:\"$place\"; . ./activate.sh; printf %s \"\$PATH\"" \
        "$place:/usr/bin:/bin:/devkit"
}

@test "range42_fastpath_deactivate takes everything back" {
    in_each_shell ". ./activate.sh; range42_fastpath_deactivate; printf %s \"\$PATH\"; set |
        grep -i \"^range42_fastpath\" || true" /usr/bin:/bin:/devkit
}

@test "it works in a subshell, in a function, and from another file" {
    in_each_shell "(. ./activate.sh; printf %s \"\$PATH\")" "$place:/usr/bin:/bin:/devkit"
    in_each_shell "load() { . ./activate.sh; }; load; printf %s \"\$PATH\"" \
        "$place:/usr/bin:/bin:/devkit"
    echo ". \"$place/activate.sh\"" >"$place/rc"
    in_each_shell '. ./rc; printf %s "$PATH"' "$place:/usr/bin:/bin:/devkit"
}

@test "an interactive shell of each kind can source it" {
    local shell
    for shell in 'bash --norc -i' 'zsh -f -i' 'dash -i'; do
        run_line "PATH=/usr/bin:/bin $shell -c '. \"$place/activate.sh\"; command -v $probe'"
        assert_equal "${lines[-1]}" "$place/$probe"
    done
}

@test "an installation's role stands first on ansible's path, where that is set, and goes again" {
    local share=$BATS_TEST_TMPDIR/share
    mkdir -p "$share/roles"
    cp -r "$shims" "$share/shims"
    place=$share/shims
    in_each_shell ". \"$place/activate.sh\"; printf %s \"\${ANSIBLE_ROLES_PATH-none}\"" none
    in_each_shell "ANSIBLE_ROLES_PATH=/a/:/b/:; . \"$place/activate.sh\"; . \"$place/activate.sh\"
        printf %s \"\$(printenv ANSIBLE_ROLES_PATH)\"" "$share/roles:/a/:/b/:"
    in_each_shell "ANSIBLE_ROLES_PATH=/a/:\"$share/roles\":/b/; . \"$place/activate.sh\"
        printf %s \"\$ANSIBLE_ROLES_PATH\"; range42_fastpath_deactivate
        printf %s \" \$ANSIBLE_ROLES_PATH; \"; set | grep -i \"^range42_fastpath\" || true" \
        "$share/roles:/a/:/b/ /a/:/b/; "
}
