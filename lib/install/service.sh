# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# The service with its node, their units, and the command andreyvpn.

# Run a command of the bot's, away from this terminal even where an older wrapper would hand it over.
ask_bot() { PYTHONUTF8=1 python3 -I -S -B "$here/lib/install/terminal.py" "$@"; }

write_wrapper() {
    undo_add "$wrapper"
    cat >"$wrapper" <<TEXT || return
#!/bin/sh
# The bot's command line, in a unit of its own: andreyvpn check, andreyvpn users, andreyvpn --help
[ "\$(id -u)" = 0 ] || exec sudo "\$0" "\$@"
exec $app/current/.venv/bin/python -I -S -B $app/current/lib/install/terminal.py "\$@"
TEXT
    chmod 0755 "$wrapper"
}

# Write a file that changes one of our units on this server. Usage: put_drop_in UNIT NAME <TEXT
put_drop_in() {
    undo_add "$units/$1.d/$2"
    install -d "$units/$1.d" && cat >"$units/$1.d/$2"
}

# Remove such a file. Usage: take_drop_in UNIT NAME
take_drop_in() {
    [ -e "$units/$1.d/$2" ] || return 0
    undo_add "$units/$1.d/$2"
    rm -f "$units/$1.d/$2"
    rmdir "$units/$1.d" || true # there may be others in it
}

# A userspace interface is reached by a socket of root's: of all that the right opens, the node sees that socket alone.
# A command of the owner's may lead out of what the node's unit can see: then the bot starts the node itself, and has
# the rights for it.
write_drop_ins() {
    take_drop_in andreyvpn.service userspace.conf # from when the bot itself had the node's rights
    found='' rights=CAP_NET_ADMIN inside=$(container_of "$tool")
    for folder in wireguard amneziawg; do
        if [ -S "/run/$folder/$interface.sock" ]; then found=/run/$folder/$interface.sock; fi
    done
    if [ -n "$inside" ]; then
        take_drop_in andreyvpn-node@.service userspace.conf
        take_drop_in andreyvpn.service own-command.conf
        put_docker
        return
    fi
    take_drop_in andreyvpn-node@.service docker.conf
    if [ -n "$found" ]; then
        rights="$rights CAP_DAC_OVERRIDE"
        put_drop_in andreyvpn-node@.service userspace.conf <<TEXT || return
[Service]
BindPaths=-$found
AmbientCapabilities=CAP_DAC_OVERRIDE
CapabilityBoundingSet=CAP_DAC_OVERRIDE
RestrictAddressFamilies=AF_UNIX
TEXT
    elif [ -e "/sys/class/net/$interface" ]; then
        take_drop_in andreyvpn-node@.service userspace.conf
    fi
    case "$tool" in
        '' | awg | wg) take_drop_in andreyvpn.service own-command.conf ;;
        *)
            put_drop_in andreyvpn.service own-command.conf <<TEXT || return
# For an AWG_COMMAND of your own, the bot starts the node itself. What else that command needs, add by:
# systemctl edit andreyvpn
[Service]
UnsetEnvironment=NODE_SOCKET
AmbientCapabilities=$rights
CapabilityBoundingSet=$rights
RestrictAddressFamilies=AF_NETLINK
PrivateUsers=no
TEXT
            ;;
    esac
}

# Write all that systemd, the shell and an interface's start know of the bot, by the code that runs now, and open the
# way to the node. Each failure is one of the whole.
write_service() {
    undo_add "$unit" "$units/andreyvpn-node.socket" "$units/andreyvpn-node@.service" \
        "$units/sockets.target.wants/andreyvpn-node.socket"
    cp "$app/current/andreyvpn.service" "$app/current/andreyvpn-node.socket" "$app/current/andreyvpn-node@.service" \
        "$units/" && write_drop_ins && write_wrapper && seal_settings && place_loader && renew_loading &&
        systemctl daemon-reload && systemctl enable --quiet andreyvpn-node.socket &&
        systemctl restart andreyvpn-node.socket
}

start_service() {
    systemctl enable --quiet andreyvpn
    systemctl restart andreyvpn || die bot_does_not_start
}

wait_for_database() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ -s "$data/bot_data.db" ] && [ -s "$data/backups/bot_data-$(date +%F).db" ] && return 0
        sleep 1
    done
}

# Run the new code on the database, of which a copy is kept, and check it. A failure of any line is one of the whole.
switch_over() {
    systemctl stop andreyvpn && rm -f "$copy" && ask_bot backup "$copy" && use_release "$release" &&
        write_service && systemctl start andreyvpn && sleep 5 && systemctl is-active --quiet andreyvpn &&
        { [ "$before" = 1 ] || ask_bot check; }
}

go_back() {
    step going_back
    journalctl -u andreyvpn -n 10 --no-pager || true
    systemctl stop andreyvpn || true
    systemctl stop andreyvpn-node.socket || true
    use_release "$old" || true
    undo_files || true
    systemctl daemon-reload || true
    if [ -s "$copy" ] && ! ask_bot users >/dev/null; then # the new code has changed it beyond the old one's reading
        ask_bot restore "$copy" || true
    fi
    systemctl start andreyvpn || die old_does_not_start
    die update_failed
}

fences_listed='s/^table inet andreyvpn_fence_\([A-Za-z0-9_.-]*\)$/\1/p' # the interfaces with a fence

# Remove the fence of each interface, and before it, the peers that it keeps to Telegram: nobody is let in.
remove_fences() {
    nft list tables | sed -n "$fences_listed" | while read -r name; do
        for candidate in awg wg; do
            if "$candidate" show "$name" >/dev/null; then break; fi
        done
        (cd "$here" && AWG_COMMAND=$candidate python3 -B -m lib.node.unfence "$name") ||
            say fence_stays "$name" "$(cause)"
    done
}

# Remove the service; what it has written stays.
remove_service() {
    systemctl disable --now andreyvpn || true
    systemctl disable --now andreyvpn-node.socket || true
    systemctl stop 'andreyvpn-node@*' || true
    remove_fences || true
    remove_fence_inside || true
    find /run/andreyvpn-node -xdev -delete || true
    rm -f "$unit" "$units/andreyvpn-node.socket" "$units/andreyvpn-node@.service" "$wrapper"
    rm -rf /etc/systemd/system/andreyvpn.service.d /etc/systemd/system/andreyvpn-node@.service.d /opt/andreyvpn
    systemctl daemon-reload
}

# Forget everything but what lets friends in, where the VPN stays: that is the list of peers, which becomes root's.
forget_everything() {
    kept=
    if [ -z "$vpn" ] && [ -z "$container" ] && [ -f "$peers" ] && [ ! -L "$peers" ]; then
        kept=$(mktemp -p /run andreyvpn.XXXXXX)
        head -c 4194304 "$peers" >"$kept" # the bot may have made it larger than the disk
    fi
    rm -rf /etc/andreyvpn/andreyvpn.env /var/lib/andreyvpn
    if [ -n "$kept" ]; then
        install -d -m 0700 "$data"
        install -m 0644 "$kept" "$peers" # a bot that comes back reads it and writes it anew
        rm -f "$kept"
        say peers_stay "$peers"
    else
        forget_loading
    fi
    rmdir "$etc" || true # the NAT of a VPN that stays
    userdel andreyvpn || true
}
