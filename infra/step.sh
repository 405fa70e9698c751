#!/usr/bin/env bash
# One step of a make target: `infra/step.sh [--show] LABEL COMMAND...`
#
# Prints one line with the time the step took. Its output is kept back, and shown whole only when the step
# fails; with --show it passes through as it comes (test runners), and the line follows.
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
fi
TIMEFORMAT=%R

if $show; then
    printf '%s\n' "  ${dim}▸ $label${plain}"
    { time "$@" 1>&3 2>&1; } 3>&1 2>"$log"
    status=$?
    seconds=$(tail -n 1 "$log")
else
    if [ -t 1 ]; then printf '  %s' "${dim}▸ $label …${plain}"; fi
    { time "$@" >"$log" 2>&1 </dev/null; } 2>"$log.time"
    status=$?
    seconds=$(tail -n 1 "$log.time")
    rm -f "$log.time"
fi

if [ "$status" -eq 0 ]; then
    printf '%s  %s %-44s %s\n' "$rewind" "${green}✓${plain}" "$label" "${dim}${seconds%??} s${plain}"
else
    $show || { printf '%s' "$rewind"; cat "$log"; }
    printf '%s  %s %-44s %s\n' "" "${red}✗${plain}" "$label" "failed after ${seconds%??} s: $*" >&2
fi
exit "$status"
