#!/usr/bin/env bash
# One step of a make target: `infra/step.sh [--show] LABEL COMMAND...`
#
# Prints one line with the time the step took. What the command prints is kept back, and shown whole only when
# it fails; with --show (test runners) it passes through as it comes, and its closing line joins ours.
set -uo pipefail

show=false
if [ "$1" = --show ]; then
    show=true
    shift
fi
label=$1
shift

log=$(mktemp)
trap 'rm -f "$log"' EXIT
green='' red='' dim='' plain='' rewind=''
if [ -t 1 ]; then
    green=$'\e[32m' red=$'\e[31m' dim=$'\e[2m' plain=$'\e[0m' rewind=$'\r\e[K'
    export FORCE_COLOR=1
fi

# Runs "$@" and leaves its exit status in $status and its time, in seconds with one decimal, in $seconds.
timed() {
    local TIMEFORMAT=%R spent
    exec 3>&1
    spent=$( { time "$@" 1>&3 3>&-; } 2>&1 )
    status=$?
    exec 3>&-
    seconds=${spent%??}
}
kept_back() { "$@" >"$log" 2>&1 </dev/null; }
passed_through() { PYTHONUNBUFFERED=1 "$@" 2>&1 | tee "$log"; }

if $show; then
    printf '  %s\n' "${dim}▸ $label${plain}"
    timed passed_through "$@"
    closing=$(tail -n 1 "$log" | sed -e $'s/\e\\[[0-9;]*m//g' -e 's/^=* *//' -e 's/ in [0-9].*$//')
    label="$label: $closing"
    rewind=''
else
    if [ -t 1 ]; then printf '  %s' "${dim}▸ $label …${plain}"; fi
    timed kept_back "$@"
fi

if [ "$status" -eq 0 ]; then
    printf '%s  %s %-44s %s\n' "$rewind" "${green}✓${plain}" "$label" "${dim}${seconds} s${plain}"
else
    printf '%s' "$rewind"
    $show || cat "$log"
    printf '  %s %-44s %s\n' "${red}✗${plain}" "$label" "failed after ${seconds} s: $*" >&2
fi
exit "$status"
