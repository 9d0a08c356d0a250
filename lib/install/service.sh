# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# The service, its unit, and the command andreyvpn.

write_wrapper() {
    cat >"$wrapper" <<TEXT || return
#!/bin/sh
# The bot's command line with the rights of its service: andreyvpn check, andreyvpn users, andreyvpn --help
[ "\$(id -u)" = 0 ] || exec sudo "\$0" "\$@"
exec setpriv --reuid=andreyvpn --regid=andreyvpn --clear-groups \\
    --inh-caps=-all,+net_admin$1 --ambient-caps=-all,+net_admin$1 \\
    $app/current/.venv/bin/python $app/current/andreyvpn_bot.py --env $env_file "\$@"
TEXT
    chmod 0755 "$wrapper"
}

# Write all that systemd and the shell know of the bot, by the code that runs now. Each failure is one of the whole.
write_service() {
    if [ -S "/var/run/wireguard/$interface.sock" ] || [ -S "/var/run/amneziawg/$interface.sock" ]; then
        # a userspace interface is reached by a socket that belongs to root
        install -d "$unit.d" && cat >"$unit.d/userspace.conf" <<TEXT || return
[Service]
AmbientCapabilities=CAP_DAC_OVERRIDE
CapabilityBoundingSet=CAP_DAC_OVERRIDE
TEXT
    elif [ -e "/sys/class/net/$interface" ]; then
        rm -f "$unit.d/userspace.conf"
    fi
    more=
    if [ -e "$unit.d/userspace.conf" ]; then more=,+dac_override; fi
    cp "$app/current/andreyvpn.service" "$unit" && write_wrapper "$more" && systemctl daemon-reload
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
    systemctl stop andreyvpn && rm -f "$copy" && "$wrapper" backup "$copy" && use_release "$release" &&
        write_service && systemctl start andreyvpn && sleep 5 && systemctl is-active --quiet andreyvpn &&
        { [ "$before" = 1 ] || "$wrapper" check; }
}

# Keep what systemd and the shell know of the bot that runs now.
keep_service() {
    rm -rf /opt/andreyvpn/before-update
    install -d -m 0700 "$was"
    cp -a "$unit" "$wrapper" "$was/"
    if [ -d "$unit.d" ]; then cp -a "$unit.d" "$was/"; fi
}

go_back() {
    step going_back
    journalctl -u andreyvpn -n 10 --no-pager || true
    systemctl stop andreyvpn || true
    use_release "$old" || true
    rm -rf /etc/systemd/system/andreyvpn.service.d
    cp -a "$was/${wrapper##*/}" "$wrapper" || true
    cp -a "$was/${unit##*/}"* "${unit%/*}/" || true
    systemctl daemon-reload || true
    if [ -s "$copy" ] && ! "$wrapper" users >/dev/null; then # the new code has changed it beyond the old one's reading
        "$wrapper" restore "$copy" || true
    fi
    systemctl start andreyvpn || die old_does_not_start
    die update_failed
}

# Forget everything. What keeps the peers of a VPN that stays is a file beside the bot's data, so a copy is left.
forget_everything() {
    if [ -z "$vpn" ] && [ -s "$peers" ]; then
        cp "$peers" /root/andreyvpn.peers
        say peers_kept
    fi
    for drop_in in /etc/systemd/system/*-quick@*.service.d/andreyvpn.conf; do
        rm -f "$drop_in"
        rmdir "${drop_in%/*}" || true
    done
    systemctl daemon-reload
    rm -rf /etc/andreyvpn/andreyvpn.env /var/lib/andreyvpn
    rmdir "$etc" || true # the NAT of a VPN that stays
    userdel andreyvpn || true
}
