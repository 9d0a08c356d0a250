# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# The interface for friends: the one that was named, now or before, else one that runs, else one that is set up, else a
# new one. One that was there before keeps its file; one that leads this server elsewhere (WARP and the like) is none.

folder_of() { if [ "$1" = wg ]; then echo /etc/wireguard; else echo /etc/amnezia/amneziawg; fi; }

settle_interface() {
    tool=
    if [ -z "$interface" ]; then
        interface=$(from_file AWG_INTERFACE) tool=$(from_file AWG_COMMAND)
        case "$interface:$tool" in
            *: | *:awg | *:wg) ;;
            *)
                inside=$(container_of "$tool")
                if [ -n "$inside" ]; then say stays_inside "$inside" "$interface"; else say own_command "$tool"; fi
                return 0
                ;;
        esac
    fi
    new=awg
    if [ -n "$plain" ] || [ "$tool" = wg ]; then new=wg; fi
    if find_running; then
        if is_ours; then renew_network; else adopt_interface; fi
        keep_version
    elif find_conf; then
        start_existing
        keep_version
    else
        make_interface
    fi
    if is_ours; then say interface_runs "$interface"; fi
}

# An interface keeps its parameters, because friends' files have them too.
keep_version() { if [ -n "$version" ]; then say keeps_version "$interface"; fi; }

# The installer made an interface if its file loads the installer's NAT.
is_ours() { grep -qsF "nft -f $etc/nat-$interface.nft" "$(folder_of "$tool")/$interface.conf"; }

# Print "TOOL NAME" of every interface that runs, if its name is one that the bot takes.
list_running() {
    for candidate in awg wg; do
        command -v "$candidate" >/dev/null || continue
        "$candidate" show interfaces | tr ' ' '\n' | sed -nE "s/^[A-Za-z0-9_][A-Za-z0-9_.-]*\$/$candidate &/p"
    done | awk '!seen[$2]++'
}

find_running() {
    running=$(list_running)
    if [ -n "$interface" ]; then
        take_running "$interface" && return 0
        [ ! -e "/sys/class/net/$interface" ] || die not_wireguard "$interface"
        return 1
    fi
    candidates=
    while read -r tool interface; do
        if [ -z "$interface" ]; then continue; fi
        if is_ours; then return 0; fi
        if is_client; then
            say client_interface "$interface" "$interface"
        else
            candidates="$candidates $interface"
        fi
    done <<LIST
$running
LIST
    interface=
    [ -n "$candidates" ] || return 1
    choose_interface "${candidates# }"
}

# Take an interface that runs, with the tool that knows it.
take_running() {
    while read -r tool name; do
        if [ -n "$1" ] && [ "$name" = "$1" ]; then interface=$1; return 0; fi
    done <<LIST
$running
LIST
    return 1
}

# Take the only one of some interfaces, or ask which. Usage: choose_interface "NAME NAME"
choose_interface() {
    case "$1" in *' '*) ;; *) interface=$1 ;; esac
    while :; do
        ask interface "" which_interface "$1"
        take_running "$interface" && return 0
        say not_running "$interface"
        interface=
    done
}

# Tell whether an interface leads this server elsewhere: it has no network of its own, or a peer that takes everything.
is_client() {
    ip -o address show dev "$interface" scope global | awk '
        { prefix = index($4, "/") ? substr($4, index($4, "/") + 1) + 0 : 128 }
        prefix < ($3 == "inet" ? 32 : 128) { found = 1 }
        END { exit !found }' || return 0
    { "$tool" show "$interface" endpoints && "$tool" show "$interface" allowed-ips; } | awk '
        $2 ~ /:[0-9]+$/ { known[$1] = 1; next }
        { for (i = 2; i <= NF; i++) if ($1 in known && ($i == "0.0.0.0/0" || $i == "::/0")) found = 1 }
        END { exit !found }'
}

# Tell the same of a file.
is_client_conf() {
    awk '
        { line = tolower($0); gsub(/[ \t]/, "", line) }
        line ~ /^\[/ { endpoint = everything = 0 }
        line ~ /^endpoint=/ { endpoint = 1 }
        line ~ /^allowedips=(.*,)?(0\.0\.0\.0|::)\/0/ { everything = 1 }
        endpoint && everything { found = 1 }
        END { exit !found }' "$1"
}

# Find an interface that is set up, but down: the one that was named, else the one that would be made.
find_conf() {
    for candidate in awg wg; do
        if [ -z "$interface" ] && [ "$candidate" != "$new" ]; then continue; fi
        name=${interface:-${candidate}0}
        conf=$(folder_of "$candidate")/$name.conf
        if [ -e "$conf" ] && [ ! -e "/sys/class/net/$name" ]; then
            if [ -n "$interface" ] || ! is_client_conf "$conf"; then
                tool=$candidate interface=$name
                return 0
            fi
        fi
    done
    for other in /etc/wireguard/*.conf /etc/amnezia/amneziawg/*.conf; do
        name=$(basename "$other" .conf)
        if [ -e "$other" ] && [ ! -e "/sys/class/net/$name" ]; then say left_alone "$other" "$name"; fi
    done
    return 1
}

start_existing() {
    say conf_there "$conf"
    confirm start_it "$interface" || die not_started
    need_tool
    if is_ours; then renew_network; else adopt_interface; fi
    start_interface
}

start_interface() {
    systemctl enable --now "$tool-quick@$interface" ||
        die does_not_start "$interface" "$(complaint)" "$conf" "$tool-quick@$interface"
}

# Print the last words of an interface that does not start, without the commands that it repeats.
complaint() {
    journalctl "_SYSTEMD_UNIT=$tool-quick@$interface.service" -n 20 -o cat | grep -v '^\[#\]' | tail -n 2 | tr '\n' ' '
}

need_tool() { if [ "$tool" = wg ]; then install_wireguard; else install_amneziawg; fi; }

install_wireguard() {
    need_packages wireguard-tools
    modprobe wireguard || command -v wireguard-go >/dev/null || need_packages wireguard-go
}

# Make an interface where there is none: keys, sound parameters, a table of its own, the bot's peers.
make_interface() {
    tool=$new folder=$(folder_of "$new")
    interface=${interface:-$(free_name)}
    conf=$folder/$interface.conf nat=$etc/nat-$interface.nft
    [ -z "$(ss -Hlun "sport = :$port")" ] || die port_taken "$port"
    pick_networks
    need_tool
    parameters=
    if [ "$tool" = awg ]; then
        choose_version
        parameters=$(bot_asks parameters --of "$version")
    fi
    install -d -m 0700 "$folder"
    undo_add "$conf" "$conf.new"
    place_loader
    allow_forwarding "$address6"
    (umask 077 && write_conf >"$conf.new")
    write_policy "$conf.new"
    mv "$conf.new" "$conf"
    undo_done
    say written "$conf, $nat"
    start_interface
}

# Print the first name, such as awg0, that neither an interface nor a file has.
free_name() {
    number=0
    while [ -e "/sys/class/net/$tool$number" ] || [ -e "$folder/$tool$number.conf" ]; do number=$((number + 1)); done
    echo "$tool$number"
}

write_conf() {
    addresses=$address
    if [ -n "$address6" ] && [ -n "$forwards6" ]; then addresses="$address, $address6"; fi
    cat <<TEXT
[Interface]
Address = $addresses
ListenPort = $port
PrivateKey = $("$tool" genkey)
$parameters
$(network_lines)
PostUp = $(loading "$tool" %i) || true
TEXT
}

# An interface that was there before keeps its file; systemd loads the bot's peers behind its start.
adopt_interface() {
    conf=$(folder_of "$tool")/$interface.conf
    if grep -qsiE '^[[:space:]]*SaveConfig[[:space:]]*=[[:space:]]*true' "$conf"; then say saves_config "$conf"; fi
    if [ -n "$(from_file FRIENDS_SEE_EACH_OTHER)$(from_file FRIENDS_MAY_REACH)" ]; then say own_rules "$interface"; fi
    if grep -qsF "$peers" "$conf"; then
        say adopted_before "$interface"
        return 0
    fi
    place_loader
    load_behind "$tool" "$interface"
    systemctl daemon-reload
    say adopted "$interface"
}

# Print "TOOL NAME" of every interface that the installer made.
list_made() {
    for tool in awg wg; do
        for conf in "$(folder_of "$tool")"/*.conf; do
            interface=$(basename "$conf" .conf)
            case "$interface" in *[!A-Za-z0-9_.-]*) continue ;; esac
            if [ -n "${gives_back-}" ] && [ "$interface" = "$taken_interface" ]; then continue; fi
            if is_ours; then echo "$tool $interface"; fi
        done
    done
}

remove_interfaces() {
    step the_vpn
    while read -r tool interface; do
        systemctl disable --now "$tool-quick@$interface" || true
        nft delete table inet "andreyvpn_$interface" || true
        rm -f "$(folder_of "$tool")/$interface.conf" "$etc/nat-$interface.nft"
        close_firewalls "$interface"
        [ ! -e "/sys/class/net/$interface" ] || die still_runs "$interface" "$(cause)" "$interface"
        say interface_removed "$interface"
    done <<LIST
$made
LIST
    rm -f "$forwarding"
}
