# SPDX-License-Identifier: BSD-2-Clause
# What tools/run, tools/test and their kin share: steps with progress, packages, the build.
# Sourced by bash scripts that have set "program" to their own name.

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${DRUPE_BUILD:-$repo/build}
logs=$build/logs

packages_build=(gcc libc6-dev binutils cmake ninja-build python3 device-tree-compiler libfdt-dev
    libcmocka-dev zlib1g-dev libssl-dev openssl dpkg-dev debian-archive-keyring xz-utils bzip2)
packages_machine=(qemu-system-x86 busybox-static)
packages_guest=(make flex bison bc libelf-dev tpm2-tools)
packages_test=(git clang-14 clang-format-14 libclang-rt-14-dev xxd swtpm)

say() { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "$program" "$*" >&2; exit 1; }
misuse() { printf '%s: %s; try --help\n' "$program" "$*" >&2; exit 2; }

# step TEXT COMMAND...: one line while it runs and when it ends; its output goes to a log.
step() {
    local text=$1 log begin now shown=0 status=0
    shift
    log=$logs/$(printf '%s' "$text" | tr -cs 'A-Za-z0-9' '-' | sed 's/-$//').log
    mkdir -p "$logs"
    begin=$SECONDS
    printf '%s ...' "$text"
    "$@" </dev/null >"$log" 2>&1 &
    local pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.2
        now=$((SECONDS - begin))
        if [ $((now / 5)) -gt "$shown" ]; then
            shown=$((now / 5))
            progress "$log" "$now"
        fi
    done
    wait "$pid" || status=$?
    if [ "$status" -ne 0 ]; then
        printf ' failed\n'
        tail -n 20 "$log" >&2
        fail "\"$text\" failed with status $status; the whole log is $log"
    fi
    printf ' done (%d s)\n' $((SECONDS - begin))
}

# Ninja's last "[3/70]" if there is one, else the seconds.
progress() {
    local mark
    mark=$(tr '\r' '\n' <"$1" | grep -oE '^ *\[?[0-9]+/[0-9]+' | tail -n 1 | tr -d '[ ' || true)
    printf ' %s' "${mark:-${2}s}"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "needs root or sudo to install packages: $*"
    fi
}

missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed' ||
            printf '%s\n' "$package"
    done
}

install_missing() {
    local wanted
    command -v apt-get >/dev/null || fail "needs Debian 12 or 13: apt-get is not here"
    mapfile -t wanted < <(missing_packages "$@")
    [ ${#wanted[@]} -gt 0 ] || return 0
    say "packages to install from Debian: ${wanted[*]}"
    step "apt-get update" as_root apt-get update
    step "apt-get install" as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${wanted[@]}"
}

configure_and_build() {
    if [ ! -f "$build/build.ninja" ]; then
        step "configure" cmake -S "$repo" -B "$build" -G Ninja
    fi
    step "build" cmake --build "$build" -- "$@"
}
