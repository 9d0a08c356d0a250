# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# Firewalls that were here before: friends are let through by the means of ufw and docker, if the owner says so. What
# was added is noted in files of root's, and exactly that is taken back where the VPN goes.

# The note for ufw: a line "port N" or "route INTERFACE UPLINK" for each rule that was added.
note_of() { echo "$etc/firewall-$1"; }
docker_script() { echo "$etc/docker-$1.sh"; }
docker_drop_in() { echo "/etc/systemd/system/$tool-quick@$1.service.d/andreyvpn-docker.conf"; }

# Ask for each firewall that stops what it does not know. By now everything else works and stays.
open_firewalls() {
    case "$tool" in awg | wg) ;; *) return 0 ;; esac
    uplink=$(find_uplink) vpn_port=$("$tool" show "$interface" listen-port || true)
    if [ -z "$uplink" ] || [ -z "$vpn_port" ] || [ -n "${opened-}" ]; then return 0; fi
    if has_ufw; then
        step the_firewall
        if confirm open_ufw "$vpn_port" "$interface" "$uplink"; then open_ufw; fi
    elif has_docker iptables; then
        step the_firewall
        if confirm open_docker "$interface" "$uplink"; then open_docker; fi
    fi
}

find_uplink() { ip -o route show default | sed -n '1s/.* dev \([A-Za-z0-9_.-]*\).*/\1/p'; }

has_ufw() { command -v ufw >/dev/null && LC_ALL=C ufw status | grep -qx 'Status: active'; }

# Tell whether docker is in the way. Usage: has_docker iptables|ip6tables
has_docker() { "$1" -w -S FORWARD | grep -qx -- '-P FORWARD DROP' && "$1" -w -S DOCKER-USER; } >/dev/null

open_ufw() {
    note=$(note_of "$interface")
    add_to_ufw "port $vpn_port" allow "$vpn_port/udp"
    add_to_ufw "route $interface $uplink" route allow in on "$interface" out on "$uplink"
}

# Add a rule, and note it unless it was there before. Usage: add_to_ufw LINE WORD...
add_to_ufw() {
    line=$1
    shift
    if ! answer=$(LC_ALL=C ufw "$@"); then
        say rule_failed "ufw $*" "$(cause)"
        return 0
    fi
    case "$answer" in
        *added* | *updated*)
            printf '%s\n' "$line" >>"$note"
            say rule_added "ufw $*"
            ;;
        *) say rule_there "ufw $*" ;;
    esac
}

# Docker keeps what is in DOCKER-USER, but a reboot does not: the rules come and go with the interface.
open_docker() {
    script=$(docker_script "$interface") drop_in=$(docker_drop_in "$interface")
    write_docker_script >"$script.new"
    mv "$script.new" "$script"
    install -d "${drop_in%/*}"
    cat >"$drop_in" <<TEXT
[Service]
ExecStartPost=-/bin/sh $script up
ExecStopPost=-/bin/sh $script down
TEXT
    systemctl daemon-reload
    if sh "$script" up; then
        say docker_opened "$interface" "$uplink" "$script"
    else
        say rule_failed "sh $script up" "$(cause)"
    fi
}

write_docker_script() {
    tools=iptables
    if has_docker ip6tables; then tools='iptables ip6tables'; fi
    old_resolver=''
    if [ "$interface" = "${taken_interface-}" ] && [ -z "$resolver_to" ]; then old_resolver=$resolver; fi
    cat <<TEXT
#!/bin/sh
# Written by install.sh of AndreyVPN_bot: friends' traffic passes docker's firewall, with "up" until "down".
change() {
    "\$1" -w "\$2" DOCKER-USER -i $interface -o $uplink -m comment --comment andreyvpn -j ACCEPT
    "\$1" -w "\$2" DOCKER-USER -i $uplink -o $interface -m conntrack --ctstate RELATED,ESTABLISHED \\
        -m comment --comment andreyvpn -j ACCEPT
}
$(if [ -n "$old_resolver" ]; then write_resolver_rules; fi)
for tool in $tools; do
    change "\$tool" -D 2>/dev/null
    if [ "\$1" = up ]; then
        "\$tool" -w -N DOCKER-USER 2>/dev/null # docker starts later, and takes it as it is
        change "\$tool" -I
    fi
done
TEXT
}

# Print the iptables commands that let friends reach the resolver from their files in a container: docker blocks it.
write_resolver_rules() {
    cat <<TEXT
resolver() {
    for protocol in udp tcp; do
        for chain in 'raw PREROUTING' 'filter DOCKER-USER'; do
            iptables -w -t "\${chain% *}" "\$1" "\${chain#* }" -i $interface -d $old_resolver \\
                -p "\$protocol" --dport 53 -m comment --comment andreyvpn -j ACCEPT
        done
    done
}
resolver -D 2>/dev/null
if [ "\$1" = up ]; then
    iptables -w -N DOCKER-USER 2>/dev/null
    resolver -I
fi
TEXT
}

# Take back what was added for an interface that goes. Usage: close_firewalls INTERFACE
close_firewalls() {
    note=$(note_of "$1") script=$(docker_script "$1") drop_in=$(docker_drop_in "$1")
    if [ -e "$note" ]; then
        while read -r kind one two; do
            case "$kind:$one$two" in
                *[!A-Za-z0-9_.:-]*) ;;
                port:*) close_ufw delete allow "$one/udp" ;;
                route:*) close_ufw route delete allow in on "$one" out on "$two" ;;
            esac
        done <"$note"
        rm -f "$note"
    fi
    if [ -e "$script" ]; then
        sh "$script" down || true
        rm -f "$script" "$drop_in"
        rmdir "${drop_in%/*}" || true
        systemctl daemon-reload
        say docker_closed "$1"
    fi
}

close_ufw() {
    if LC_ALL=C ufw "$@" >/dev/null; then
        say rule_removed "ufw $*"
    else
        say rule_failed "ufw $*" "$(cause)"
    fi
}

# Name what stays in other firewalls with a VPN that stays.
name_open_firewalls() {
    for file in "$etc"/firewall-* "$etc"/docker-*.sh; do
        if [ -e "$file" ]; then say rules_stay "$file"; fi
    done
}
