# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# The network of a new interface: one that is free, and the way out of it.

# Find networks that nothing on this machine uses yet: no address, no route of any table, no interface that is down.
pick_networks() {
    picked=$(list_used | python3 -B "$here/lib/install/free_network.py") || die no_free_network "$(cause)"
    read -r address network address6 network6 <<LINE
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

# Inside the tunnel there is IPv6 where the server reaches the world by it; elsewhere it would only lead nowhere.
has_ipv6() { [ -n "$(ip -6 route show default 2>/dev/null)" ]; }

allow_forwarding() {
    printf 'net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1\n' >"$forwarding"
    sysctl -q -p "$forwarding" || true # one of them is refused where IPv6 is off
    [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ] || say no_forwarding
}

write_nat() {
    masquerade6=
    if [ -n "$network6" ]; then masquerade6="ip6 saddr $network6 oifname != \"$interface\" masquerade"; fi
    cat <<TEXT
table inet andreyvpn_$interface
delete table inet andreyvpn_$interface
table inet andreyvpn_$interface {
    chain postrouting {
        type nat hook postrouting priority srcnat;
        ip saddr $network oifname != "$interface" masquerade
        $masquerade6
    }
    chain forward {
        type filter hook forward priority mangle;
        oifname "$interface" tcp flags syn / syn,rst tcp option maxseg size set rt mtu
        iifname "$interface" tcp flags syn / syn,rst tcp option maxseg size set rt mtu
    }
}
TEXT
}
