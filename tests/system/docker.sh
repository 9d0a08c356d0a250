#!/bin/sh
# A stand-in for `docker`: frequent commands are handled here, because Python is slow to start; docker.py does the rest.
# `podman` is a link to this file.
set -eu
here=$(dirname "$0")
if [ "$1" = --version ]; then
    case "$0" in
        */podman) echo "podman version 4.9.3" ;;
        *) echo "Docker version 24.0.5, build stand-in" ;;
    esac
    exit 0
fi
if [ -e "$here/containers/denied" ] && grep -qwF -e "$1" "$here/containers/denied"; then
    echo "permission denied while trying to connect to the Docker daemon socket" >&2
    exit 1
fi
if [ -e "$here/containers/slow" ] && grep -qwF -e "$1" "$here/containers/slow"; then sleep 2; fi

# Print the PID of a container's first process, if it is running.
child_of() { child=$(cat "$here/containers/$1/child" 2>/dev/null) && [ -e "/proc/$child" ] && echo "$child"; }

case "$1 ${2-}" in
    'exec -i')
        if ! child=$(child_of "$3"); then
            echo "Error response from daemon: container $3 is not running" >&2
            exit 1
        fi
        shift 3
        exec nsenter "--target=$child" --mount --net --pid "$@"
        ;;
    'inspect --format')
        [ -d "$here/containers/$4" ] || { echo "Error: No such object: $4" >&2; exit 1; }
        if child_of "$4" >/dev/null; then echo true; else echo false; fi
        ;;
    'inspect --type')
        place=$here/containers/$4
        seen=$(find "$place/described" -newer "$place/container.json" 2>/dev/null) || exec "$here/docker.py" "$@"
        if [ -z "$seen" ]; then exec "$here/docker.py" "$@"; fi
        if child_of "$4" >/dev/null; then running=true; else running=false; fi
        sed "s/\"Running\": [a-z]*/\"Running\": $running/" "$place/described"
        ;;
    'ps --all') for place in "$here"/containers/*/; do basename "$place"; done ;;
    'cp '*)
        path=$here/containers/${2%%:*}/root/${2#*:}
        exec tar -C "$(dirname "$path")" -cf - "$(basename "$path")"
        ;;
    'update --restart='*)
        sed -i "s/\"restart\": \"[^\"]*\"/\"restart\": \"${2#*=}\"/" "$here/containers/$3/container.json"
        ;;
    *) exec "$here/docker.py" "$@" ;;
esac
