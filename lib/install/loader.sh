# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# What lets friends in when an interface starts, without the bot: the node's program, which reads the list of peers that
# the bot writes, and believes nothing in it. It stays, apart from the bot's code, as long as an interface names it, and
# needs nothing but the system's python3.

place_loader() {
    undo_add "$loader"
    install -D -m 0644 "$release/lib/node/node.py" "$loader"
}

# Print the command that loads the peers. Usage: loading TOOL INTERFACE
loading() { echo "AWG_COMMAND=$1 python3 -I -S -B $loader load $2 $peers"; }

# Let systemd load the peers behind an interface's start, which succeeds even if that fails.
# Usage: load_behind TOOL INTERFACE
load_behind() {
    behind=$units/$1-quick@$2.service.d
    undo_add "$behind/andreyvpn.conf"
    install -d "$behind" && cat >"$behind/andreyvpn.conf" <<TEXT
[Service]
ExecStartPost=-/usr/bin/env $(loading "$1" "$2")
TEXT
}

# Older installers let the tool itself, as root, read what the bot had written. Replace that line, and no other one.
renew_loading() {
    for kind in wg awg; do
        line="PostUp = test ! -s $peers || $kind addconf %i $peers"
        for file in "$(folder_of "$kind")"/*.conf; do
            while number=$(grep -snxF -m 1 -e "$line" "$file"); do
                file=$(readlink -f "$file")
                undo_add "$file"
                sed -i "${number%%:*}s#.*#PostUp = $(loading "$kind" %i) || true#" "$file" || return
                say line_replaced "$file"
            done
        done
        for file in "$units/$kind"-quick@*.service.d/andreyvpn.conf; do
            grep -qs 'ExecStartPost=.* addconf ' "$file" || continue
            name=${file%.service.d/andreyvpn.conf}
            load_behind "$kind" "${name##*@}" || return
        done
    done
}

# Let nothing load the peers any more, where systemd did that.
forget_loading() {
    for drop_in in "$units"/*-quick@*.service.d/andreyvpn.conf; do
        [ -e "$drop_in" ] || continue
        rm -f "$drop_in"
        rmdir "${drop_in%/*}" || true
        say peers_end
    done
    systemctl daemon-reload
}

forget_loader() {
    for file in /etc/wireguard/*.conf /etc/amnezia/amneziawg/*.conf "$units"/*-quick@*.service.d/andreyvpn.conf; do
        if grep -qsF -e "$loader" "$file"; then return 0; fi
    done
    rm -f "$loader"
}
