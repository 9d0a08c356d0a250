# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# The network of an interface that the installer makes: one that is free, the way out, and what friends may reach.

# Find networks that nothing on this machine uses yet: no address, no route of any table, no interface that is down.
pick_networks() {
    picked=$(list_used | python3 -B "$here/lib/install/free_network.py") || die no_free_network "$(cause)"
    read -r address address6 <<LINE
$picked
LINE
}

list_used() {
    for family in -4 -6; do
        ip -j "$family" address show || true
        ip -j "$family" route show table all || true
    done
    for other in /etc/wireguard/*.conf /etc/amnezia/amneziawg/*.conf; do
        sed -nE 's/^[[:space:]]*[Aa]ddress[[:space:]]*=//p' "$other" 2>/dev/null || true
    done
}

kernel_says() { cat "/proc/sys/net/$1" 2>/dev/null || true; }

has_ipv6() { [ -n "$(ip -6 route show default 2>/dev/null)" ]; }

# Let the kernel forward friends' packets, now and when the interface starts (see network_lines), and IPv6 where the
# tunnel has it. A kernel that forwards IPv6 forgets a default route that came by router advertisement, and with it this
# server's own IPv6, unless accept_ra is 2 there first. Where it is 0, another program such as systemd-networkd listens
# to the router: let it be. Usage: allow_forwarding [ADDRESS6]
allow_forwarding() {
    undo_add "$forwarding" "$forwarding.new"
    forwards6='' advertised='' listening=''
    if [ -n "$1" ] && has_ipv6; then
        forwards6=yes
        advertised=$(ip -6 route show default proto ra)
        listening=$(list_listening)
    fi
    write_forwarding
    sysctl -e -q -p "$forwarding" || true
    if [ -n "$forwards6" ] && ! forward_ipv6; then
        stop_ipv6
        say six_stays_off
    fi
    [ "$(kernel_says ipv4/ip_forward)" = 1 ] || say no_forwarding
}

# Print the interfaces with a default route that came by router advertisement.
list_advertised() { printf '%s\n' "$advertised" | sed -n 's/.* dev \([^ ]*\).*/\1/p'; }

# Print the interfaces on which the kernel itself listens to a router, and those of an earlier run.
list_listening() {
    {
        sed -n 's|^net/ipv6/conf/\(.*\)/accept_ra = 2$|\1|p' "$forwarding" 2>/dev/null || true
        list_advertised | while IFS= read -r name; do
            if [ "$(kernel_says "ipv6/conf/$name/accept_ra")" = 1 ]; then printf '%s\n' "$name"; fi
        done
    } | grep -x '[A-Za-z0-9_.:@-]\{1,15\}' | sort -u
}

# What holds from the boot on. IPv6 is forwarded only when the interface starts: until then the server has learned its
# routes, whatever programs have done to accept_ra. Names of interfaces may have dots, hence the slashes.
write_forwarding() {
    {
        echo "# Written by install.sh of AndreyVPN_bot"
        printf '%s\n' "$listening" | sed -n 's|..*|net/ipv6/conf/&/accept_ra = 2|p'
        echo 'net.ipv4.ip_forward = 1'
    } >"$forwarding.new"
    mv "$forwarding.new" "$forwarding"
}

# Forward IPv6; fail if an advertised route is gone and does not come back within some seconds.
forward_ipv6() {
    before6=$(kernel_says ipv6/conf/all/forwarding)
    sysctl -q -w net.ipv6.conf.all.forwarding=1 || true
    [ "$(kernel_says ipv6/conf/all/forwarding)" = 1 ] || return 1
    if [ -z "$advertised" ]; then return 0; fi
    for _ in 1 2 3 4 5; do
        [ "$before6" = 1 ] || sleep 1
        lost=$(list_advertised | while IFS= read -r name; do
            [ -n "$(ip -6 route show default dev "$name")" ] || printf '%s\n' "$name"
        done)
        if [ -z "$lost" ]; then return 0; fi
    done
    return 1
}

# Take IPv6 forwarding back, and give the server its routes again for as long as the router had promised them.
stop_ipv6() {
    forwards6=
    sysctl -q -w "net.ipv6.conf.all.forwarding=${before6:-0}" || true
    printf '%s\n' "$listening" | while IFS= read -r name; do
        [ -z "$name" ] || sysctl -q -w "net/ipv6/conf/$name/accept_ra=1" || true
    done
    listening=
    write_forwarding
    printf '%s\n' "$advertised" | sed 's/\(expires [0-9]*\)sec/\1/; s/ error [0-9-]*//' | while IFS= read -r route; do
        printf 'route add %s proto ra\n' "$route" | ip -6 -batch - || true
    done
}

# Bring an interface that the installer made to what a new one has; no connection is cut.
renew_network() {
    conf=$(readlink -f "$(folder_of "$tool")/$interface.conf") nat=$etc/nat-$interface.nft
    six=$(grep -i '^[[:space:]]*address[[:space:]]*=.*:' "$conf" || true)
    allow_forwarding "$six"
    if [ -n "$six" ] && [ -z "$forwards6" ]; then say six_leads_nowhere; fi
    write_policy "$conf"
    renew_conf
    undo_done
    if [ -e "/sys/class/net/$interface" ]; then nft -f "$nat"; fi
}

# Write what friends may reach, for the interface of a file, if nft can load it.
write_policy() {
    undo_add "$nat" "$nat.new"
    afresh
    { list_near | print_policy "$1" >"$nat.new" && nft -c -f "$nat.new"; } || die no_policy "$nat" "$(cause)"
    if cmp -s "$nat.new" "$nat"; then
        rm -f "$nat.new"
    else
        mv "$nat.new" "$nat"
        say policy_written "$env_file"
    fi
}

# Print the server's addresses, and its ways to the internet.
list_near() {
    ip -j address show
    ip -j -4 route show default || true
    ip -j -6 route show default || true
}

print_policy() (
    for name in FRIENDS_SEE_EACH_OTHER FRIENDS_MAY_REACH SECOND_PORTS CLIENT_DNS CLIENT_DNS_CHOICES; do
        export "$name=$(from_file "$name")"
    done
    if [ "$interface" = "${taken_interface-}" ]; then export TAKEN_RESOLVER="$resolver" MOVED_TO="$resolver_to"; fi
    cd "$here" && PYTHONUTF8=1 python3 -B -m lib.install.policy "$interface" "$1"
)

# Print the lines of an interface's file that belong to its network. What has set a value of the kernel's otherwise at
# boot, under a later name in /etc/sysctl.d, is overruled; if that fails, the interface starts all the same.
six_line='PostUp = sysctl -q -w net.ipv6.conf.all.forwarding=1 || true'
network_lines() {
    echo "PostUp = sysctl -e -q -p $forwarding || true"
    if [ -n "$forwards6" ]; then echo "$six_line"; fi
    echo "PostUp = nft -f $nat"
    echo "PostDown = nft delete table inet andreyvpn_$interface || true"
}

# Bring those lines in the file of an earlier run to what they are now; every other line stays.
renew_conf() {
    undo_add "$conf" "$conf.new"
    old_down="PostDown = nft delete table inet andreyvpn_$interface"
    (umask 077 && LINES_NOW=$(network_lines) OLD="$six_line
$old_down
$(network_lines)" awk -v start="nft -f $nat" '
        BEGIN { for (count = split(ENVIRON["OLD"], old, "\n"); count > 0; count--) ours[old[count]] }
        index($0, start) && !done++ { print ENVIRON["LINES_NOW"] }
        !($0 in ours) { print }' "$conf" >"$conf.new")
    if cmp -s "$conf.new" "$conf"; then rm -f "$conf.new"; else mv "$conf.new" "$conf"; fi
}
