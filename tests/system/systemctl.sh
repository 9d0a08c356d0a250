#!/bin/sh
# A stand-in for `systemctl` without systemd: it runs wg-quick for interfaces, and stores enabled units as files beside
# this one. The installer's own units run in the background as their files say, and are restarted on failure.
set -eu
here=$(dirname "$0")
mkdir -p "$here/enabled" "$here/running"

# Usage: switch UNIT start|stop|restart
switch() {
    case "$1:$2" in
        wg-quick@*:* | awg-quick@*:*)
            tool=${1%%@*} name=${1#*@}
            if [ "$2" != start ] && [ -e "/sys/class/net/$name" ]; then "$tool" down "$name"; fi
            if [ "$2" = stop ]; then return 0; fi
            if [ -e "$here/broken" ]; then echo "Job failed" >&2; exit 1; fi
            if [ ! -e "/sys/class/net/$name" ]; then "$tool" up "$name" </dev/null >"$here/quick.log" 2>&1; fi
            ;;
        container-*:start) podman start "${1#container-}" ;;
        container-*:stop) podman stop "${1#container-}" ;;
        *)
            file=/etc/systemd/system/$1.service
            if [ -e "$here/running/$1" ]; then kill -TERM "-$(cat "$here/running/$1")" || true; fi
            rm -f "$here/running/$1"
            if [ "$2" = stop ] || [ ! -e "$file" ]; then return 0; fi
            folder=$(sed -n 's/^WorkingDirectory=//p' "$file") command=$(sed -n 's/^ExecStart=//p' "$file")
            PYTHONUTF8=1 setsid sh -c "cd $folder && until $command; do sleep 1; done" \
                </dev/null >>"$here/running/$1.log" 2>&1 9>&- &
            echo $! >"$here/running/$1"
            ;;
    esac
}

command=$1 now=''
shift
for word in "$@"; do
    case "$word" in
        --now) now=yes; continue ;;
        -*) continue ;;
    esac
    unit=${word%.service}
    case "$command" in
        is-enabled) if [ -e "$here/enabled/$unit" ]; then echo enabled; else echo disabled; exit 1; fi ;;
        enable) : >"$here/enabled/$unit"; if [ -n "$now" ]; then switch "$unit" start; fi ;;
        disable) rm -f "$here/enabled/$unit"; if [ -n "$now" ]; then switch "$unit" stop; fi ;;
        start | stop | restart) switch "$unit" "$command" ;;
    esac
done
