# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# What is half-made goes when the installation fails, and what was there before comes back. The list is a file of
# root's own, a path a line, in a folder of its own, so no path is ever split into words.

# From here on every end is in words, whatever fails. The complaints of commands are kept aside: the last one names
# the cause.
watch_over() {
    umask 077 # who could read the lock could hold it
    exec 9>/run/andreyvpn-install.lock
    flock -n 9 || die already_running
    at=$(text the_beginning)
    umask 022 # the service's user reads the code
    rm -rf /run/andreyvpn-undo
    mkdir -m 0700 /run/andreyvpn-undo
    undo_done
    trace=$(mktemp -p /run andreyvpn.XXXXXX)
    exec 2>>"$trace"
    trap finish EXIT
    trap 'die stopped' HUP INT TERM
}

# Record files that are about to be created or changed, and folders that are about to be created. Run cp in /, because
# --parents in Debian 12 resolves the folders of an absolute path relative to the working directory.
undo_add() {
    for file in "$@"; do
        if grep -qsxF -e "$file" /run/andreyvpn-undo/files; then continue; fi
        if [ -e "$file" ]; then (cd / && cp -a --parents "$file" /run/andreyvpn-undo/before); fi
        if [ ! -d "${file%/*}" ]; then printf '%s\n' "${file%/*}" >>/run/andreyvpn-undo/folders; fi
        printf '%s\n' "$file" >>/run/andreyvpn-undo/files
    done
}

# Keep all that was made up to here.
undo_done() {
    placed=
    rm -rf /run/andreyvpn-undo/before
    mkdir /run/andreyvpn-undo/before
    : >/run/andreyvpn-undo/files
    : >/run/andreyvpn-undo/folders
}

# Bring files back to what they were.
undo_files() {
    while IFS= read -r file; do
        rm -f "$file"
        if [ -e "/run/andreyvpn-undo/before$file" ]; then
            (cd /run/andreyvpn-undo/before && cp -a --parents ".$file" /) # also restores the folders' modes
        fi
    done </run/andreyvpn-undo/files
    while IFS= read -r folder; do rmdir "$folder" || true; done </run/andreyvpn-undo/folders
    : >/run/andreyvpn-undo/files
    : >/run/andreyvpn-undo/folders
}

undo_all() {
    undo_preparation
    undo_files
    if [ -n "$placed" ]; then discard_release "$placed"; fi
    rm -rf /opt/andreyvpn/unfinished /run/andreyvpn-keys /run/andreyvpn-undo
}

finish() {
    code=$?
    trap '' HUP INT TERM
    if [ "$code" != 0 ] && [ -z "$told" ]; then
        printf 'install.sh: %s\n' "$(text step_failed "$at" "$(cause)")" >&3
        code=2
    fi
    undo_all
    rm -f "$trace" "$apt_log"
    exit "$code"
}
