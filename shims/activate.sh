# Puts the shims first on PATH, and our role first on ansible's, when sourced by bash, zsh or dash.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh

# Sourcing it twice changes nothing more; range42_fastpath_deactivate takes everything back.

# A list of directories ($2) without one of them ($1).
range42_fastpath_path_without() (
    rest=:$2:
    while :; do
        case $rest in
            *":$1:"*) rest=${rest%%":$1:"*}:${rest#*":$1:"} ;;
            *) break ;;
        esac
    done
    rest=${rest#:}
    printf '%s' "${rest%:}"
)

# The file that is being sourced; a shell that cannot say it has it open.
range42_fastpath_sourced_file() (
    if [ -n "${BASH_VERSION:-}" ]; then
        eval 'printf %s "${BASH_SOURCE[1]}"'
    elif [ -n "${ZSH_VERSION:-}" ]; then
        eval 'printf %s "${funcfiletrace[1]%:*}"'
    else
        for descriptor in "/proc/$1/fd"/*; do
            file=$(readlink "$descriptor") || continue
            case $file in
                */activate.sh) [ -e "${file%/*}/proxmox_vm.list.to.jsons.sh" ] || continue ;;
                *) continue ;;
            esac
            printf %s "$file"
            break
        done
    fi
)

range42_fastpath_deactivate() {
    PATH=$(range42_fastpath_path_without "$range42_fastpath_shims" "$PATH")
    if [ -n "${ANSIBLE_ROLES_PATH:-}" ]; then
        ANSIBLE_ROLES_PATH=$(
            range42_fastpath_path_without "$range42_fastpath_roles" "$ANSIBLE_ROLES_PATH")
    fi
    unset range42_fastpath_shims range42_fastpath_roles
    unset -f range42_fastpath_deactivate range42_fastpath_path_without
}

# $$ names another process in a subshell.
# shellcheck disable=SC2034 # the rest of the line has to go somewhere
read -r range42_fastpath_pid range42_fastpath_rest </proc/self/stat
range42_fastpath_shims=$(range42_fastpath_sourced_file "$range42_fastpath_pid")
case $range42_fastpath_shims in
    */*) range42_fastpath_shims=${range42_fastpath_shims%/*} ;;
    *) range42_fastpath_shims=. ;;
esac
range42_fastpath_shims=$(CDPATH='' cd -- "$range42_fastpath_shims" && pwd)
PATH=$range42_fastpath_shims:$(range42_fastpath_path_without "$range42_fastpath_shims" "$PATH")
export PATH
# A workspace sets where its roles are; without one this would hide where ansible looks by itself.
range42_fastpath_roles=${range42_fastpath_shims%/*}/roles
if [ -d "$range42_fastpath_roles" ] && [ -n "${ANSIBLE_ROLES_PATH:-}" ]; then
    ANSIBLE_ROLES_PATH=$range42_fastpath_roles:$(
        range42_fastpath_path_without "$range42_fastpath_roles" "$ANSIBLE_ROLES_PATH")
    export ANSIBLE_ROLES_PATH
fi
unset range42_fastpath_pid range42_fastpath_rest
unset -f range42_fastpath_sourced_file
