#!/bin/sh
# Stand in for `awg` on a plain WireGuard interface: add to its dump a 2.0 set that changes nothing on the wire, so that
# the bot offers files with disguises. What a client alone chooses (Jc, I1 …) a plain server does not even notice.
case "$1 ${3-}" in
    "show dump")
        wg "$@" | awk 'BEGIN { OFS = FS = "\t" } NR == 1 { no = "(null)" OFS
            $4 = 4 OFS 10 OFS 50 OFS 0 OFS 0 OFS 5 OFS 0 OFS 1 OFS 2 OFS 3 OFS 4 OFS no no no no "(null)" OFS $4 } { print }'
        ;;
    *) exec wg "$@" ;;
esac
