#!/usr/bin/env bats
# Holds ./dev to its manners, in a tree of its own whose scripts, meson and ninja are stand-ins.
# SPDX-License-Identifier: GPL-3.0-or-later

bats_require_minimum_version 1.5.0

setup() {
    tree=$BATS_TEST_TMPDIR/tree
    export RANGE42_FASTPATH_CACHE=$BATS_TEST_TMPDIR/cache called=$BATS_TEST_TMPDIR/called
    mkdir -p "$tree"/{scripts,stand-ins,bench} "$RANGE42_FASTPATH_CACHE"/{curl,simdjson}
    cp "$BATS_TEST_DIRNAME/../../dev" "$tree/"
    echo '7.88 1' >"$RANGE42_FASTPATH_CACHE/curl/version"
    echo '3.0 1' >"$RANGE42_FASTPATH_CACHE/simdjson/version"
    export PATH=$tree/stand-ins:$PATH
    for script in setup demo test soak package; do stand_in scripts/$script; done
    stand_in bench/run
    # As meson does, one that wipes begins with the removal of all.
    stand_in stand-ins/meson '
        tests=true
        for word in "$@"; do
            case $word in
                --wipe) rm -rf build; mkdir build ;;
                -Dtests=*) tests=${word#*=} ;;
            esac
        done
        mkdir -p build/meson-private build/meson-info
        touch build/build.ninja build/meson-private/coredata.dat
        echo "[{\"name\": \"tests\", \"value\": $tests}]" >build/meson-info/intro-buildoptions.json
        echo "[{\"installed\": true, \"filename\": [\"$PWD/build/tools/one\"]},
            {\"installed\": false, \"filename\": [\"$PWD/build/tests/two\"]}]" \
            >build/meson-info/intro-targets.json
        echo "said by $*"'
    stand_in stand-ins/ninja 'echo "ninja: no work to do."'
    stand_in stand-ins/dpkg-query 'echo "libssl-dev ${ssl_version:-3.0.1}"'
    stand_in stand-ins/ccache
    cd "$tree" || exit
}

# Script $1 of the tree notes that it was called and with what, and does $2.
stand_in() {
    printf '#!/usr/bin/env bash\necho "%s $*" >>"%s"\n%s\n' "$1" "$called" "${2:-}" >"$tree/$1"
    chmod +x "$tree/$1"
}

# How often script $1 was called.
calls() { grep -c "^$1 " "$called" || true; }

@test "a setup that fails ends every verb there" {
    stand_in scripts/setup 'exit 9'
    for verb in build demo test fuzz soak sanitize analyze bench 'install x' deb tarball try-deb \
        readme; do
        rm -f "$called"
        # shellcheck disable=SC2086 # a verb and its operand
        run timeout 20 ./dev $verb
        echo "$verb: $status, $(cat "$called")"
        [ "$status" -eq 9 ]
        [ "$(grep -cv '^scripts/setup ' "$called")" -eq 0 ]
    done
}

@test "a configuration that fails ends the build, with what meson said" {
    stand_in stand-ins/meson 'echo "no gtest here"; exit 8'
    run ./dev demo
    [ "$status" -eq 8 ]
    [[ $output == *'no gtest here'* ]]
    [ "$(calls stand-ins/ninja)" -eq 0 ]
    [ "$(calls scripts/demo)" -eq 0 ]
    # Nor is it taken for done the next time.
    run ./dev demo
    [ "$status" -eq 8 ]
}

@test "a meson.build that is wrong by now ends the build, with what meson said" {
    ./dev build
    stand_in stand-ins/ninja 'echo "meson.build:3: no such function"; exit 1'
    run ./dev demo
    [ "$status" -eq 1 ]
    [ "$output" = 'meson.build:3: no such function' ]
    [ "$(calls scripts/demo)" -eq 0 ]
}

@test "a compilation that fails ends the verb, with what the compiler said and without the steps" {
    stand_in stand-ins/ninja 'case "$*" in *build.ninja*) exit ;; esac
        echo "[1/2] Compiling one"; echo "FAILED: two"; printf "two.cc: error"; exit 7'
    run ./dev demo
    [ "$status" -eq 7 ]
    [ "$output" = $'build: configuring build/\nFAILED: two\ntwo.cc: error' ]
    [ "$(calls scripts/demo)" -eq 0 ]
}

@test "build, demo and install ask for their packages and what is installed, test for all" {
    ./dev demo
    [ "$(grep '^scripts/setup' "$called")" = 'scripts/setup --implicit build' ]
    grep -q '^stand-ins/meson .*-Dtests=false' "$called"
    [ "$(grep '^stand-ins/ninja' "$called" | tail -n 1)" = 'stand-ins/ninja -C build tools/one' ]
    rm "$called"
    ./dev test word
    [ "$(grep '^scripts/setup' "$called")" = 'scripts/setup --implicit' ]
    grep -q '^stand-ins/meson .*--reconfigure .*-Dtests=true' "$called"
    [ "$(grep '^stand-ins/ninja' "$called" | tail -n 1)" = 'stand-ins/ninja -C build' ]
    grep -qx 'scripts/test word' "$called"
    # The tests that are there stay, and are no work for who does not need them.
    rm "$called"
    ./dev build
    [ "$(calls stand-ins/meson)" -eq 0 ]
    [ "$(grep '^stand-ins/ninja' "$called" | tail -n 1)" = 'stand-ins/ninja -C build tools/one' ]
}

@test "a long compilation says that it lives, a short one is quiet" {
    sed -i 's/^readonly progress_every_s=.*/readonly progress_every_s=2/' dev
    stand_in stand-ins/ninja '
        case "$*" in
            *build.ninja*) ;;
            *) echo "[3/9] Compiling three"; sleep "${compile_s:-0}"; echo "[9/9] Linking" ;;
        esac'
    run ./dev build
    [ "$status" -eq 0 ]
    [ "$output" = 'build: configuring build/' ]
    compile_s=5 run ./dev build
    [ "$status" -eq 0 ]
    grep -qE '^build: still compiling, 3 of 9 steps done after [0-9]+ s$' <<<"$output"
    [[ $output != *'Compiling three'* ]]
}

@test "a wipe says why, and keeps what meson said before" {
    ./dev build
    former=$(cat build/.configure.log)
    ssl_version=3.0.2 run ./dev build
    [ "$status" -eq 0 ]
    [ "$output" = 'build: wiping build/, which was made from something else:
  libssl-dev was 3.0.1, is 3.0.2' ]
    [ "$(cat build/.configure.log.former)" = "$former" ]
    [[ $(cat build/.configure.log) == 'said by setup build --wipe'* ]]
    echo '7.89 1' >"$RANGE42_FASTPATH_CACHE/curl/version"
    rm "$RANGE42_FASTPATH_CACHE/simdjson/version"
    ssl_version=3.0.2 run ./dev build
    [ "$output" = 'build: wiping build/, which was made from something else:
  curl was 7.88 1, is 7.89 1
  simdjson was 3.0 1, is of the system' ]
    mv "$RANGE42_FASTPATH_CACHE" "$RANGE42_FASTPATH_CACHE-moved"
    RANGE42_FASTPATH_CACHE+=-moved
    ssl_version=3.0.2 run ./dev build
    [ "$output" = "build: wiping build/, which was made from something else:
  the cache was ${RANGE42_FASTPATH_CACHE%-moved}, is $RANGE42_FASTPATH_CACHE" ]
    # Nothing has changed now.
    ssl_version=3.0.2 run ./dev build
    [ "$output" = '' ]
}

@test "a build directory that was never configured to the end is wiped, and it is said" {
    ./dev build
    rm build/third-party
    run ./dev build
    [ "$output" = 'build: wiping build/, which ./dev has not configured to the end' ]
}

@test "tests stay where a build is wiped" {
    ./dev test
    rm "$called"
    ssl_version=3.0.2 ./dev build
    grep -q '^stand-ins/meson .*--wipe .*-Dtests=true' "$called"
}
