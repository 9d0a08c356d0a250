# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# Take over a container's server and give it back: everything around lib/install/takeover, which does the actual work.
# From its "prepare" command on, its journal says what has to be undone.

takeover_unit=$units/andreyvpn-takeover.service

takeover() {
    (cd "$here" && LANGUAGE=$(language) && export LANGUAGE && PYTHONUTF8=1 exec python3 -B -m lib.install.takeover "$@")
}

# Read the current take-over: its step, its interface, and the resolver in friends' files.
read_taken() {
    taken_step='' taken_tool='' taken_interface='' resolver='' resolver_to='' taken=''
    [ -e "$etc/taken-over.json" ] || return 0
    shown=$(takeover show) || die as_it_is "${shown:-$(cause)}"
    read -r taken_step taken_tool taken_interface resolver resolver_to taken <<LINE
$shown
LINE
    if [ "$resolver" = - ]; then resolver=; fi
    if [ "$resolver_to" = - ]; then resolver_to=; fi
}

# Finish or undo an interrupted take-over, and clean up after one that was undone.
settle_takeover() {
    settled=
    read_taken
    case "$taken_step" in
        '' | taken) return 0 ;;
        undone) ;;
        *)
            step the_takeover
            takeover recover || die takeover_stuck
            read_taken
            settled=yes
            ;;
    esac
    if [ "$taken_step" = undone ]; then forget_takeover; fi
}

forget_takeover() {
    tool=$taken_tool
    close_firewalls "$taken_interface"
    takeover forget
    rm -f "$data/handed-over.json"
    forget_recovery
    tool='' taken_step='' taken_interface='' resolver='' resolver_to=''
}

# On a server without the bot, ask whether to take over a container's server.
offer_takeover() {
    if [ -n "$offered$take_over$assume_yes$interface$plain$taken_step" ] || [ -e "$env_file" ]; then return 0; fi
    offered=yes
    there=$(takeover list) || return 0
    if [ -z "$there" ]; then return 0; fi
    find_servers || true
    while :; do
        ask take_over "" which_container "$(printf '%s\n' "$there" | paste -sd ' ')"
        if [ -z "$take_over" ]; then return 0; fi
        if printf '%s\n' "$there" | grep -qxF -e "$take_over"; then offer_to_stay; return 0; fi
        say none_of_them "$take_over"
        take_over=
    done
}

# If the bot can also work inside the container, ask whether the server should stay there.
offer_to_stay() {
    if takeover inside "$take_over" >/dev/null && confirm stay_or_move "$take_over"; then stay_inside=yes; fi
}

# Check that the server can be taken over, before anything is changed. Skip the take-over if it is already done.
judge_takeover() {
    if [ -z "$take_over" ] || [ -n "$planned" ]; then return 0; fi
    if [ -n "$stay_inside" ]; then judge_inside; return 0; fi
    if [ "$taken_step" = taken ] && [ "$taken" = "$take_over" ]; then
        say taken_before "$taken" "$taken_interface"
        take_over=
        return 0
    fi
    own=$(own_interface)
    if [ -n "$own" ] && [ -e "/sys/class/net/$own" ]; then die has_own_server "$own"; fi
    if [ -n "$interface" ] && [ -e "/sys/class/net/$interface" ]; then die interface_there "$interface"; fi
    fallback=$(from_file CLIENT_DNS | tr ', ' '\n' | grep -m 1 -x '[0-9.]*' || echo 1.1.1.1)
    planned=$(list_used | takeover plan "$take_over" "$fallback") || die as_it_is "${planned:-$(cause)}"
    read -r tool port address6 resolver resolver_to <<LINE
$planned
LINE
    if [ "$address6" = - ]; then address6=; fi
    if [ "$resolver" = - ]; then resolver=; fi
    if [ "$resolver_to" = - ]; then resolver_to=; fi
}

# Prepare as much as possible before the cut-over. Friends notice nothing.
prepare_takeover() {
    folder=$(folder_of "$tool")
    interface=${interface:-$(free_name)}
    taken_interface=$interface taken_tool=$tool conf=$folder/$interface.conf nat=$etc/nat-$interface.nft
    need_tool
    install -d -m 0700 "$folder"
    place_loader
    allow_forwarding "$address6"
    undo_done
    prepared=$({ network_lines && echo "PostUp = $(loading "$tool" %i) || true"; } |
        takeover prepare "$take_over" "$interface" "$fallback" "$peers") || die as_it_is "${prepared:-$(cause)}"
    say as_it_is "$prepared"
    write_policy "$conf"
    let_friends_through
    place_recovery
    undo_done
}

# Take the server over. A signal from the terminal can't interrupt the cut-over.
take_over_server() {
    prepare_takeover
    trap '' HUP INT TERM
    if ! takeover cut "${TAKE_OVER_SECONDS:-180}"; then
        read_taken
        if [ "$taken_step" = undone ]; then forget_takeover; fi
        die not_taken_over
    fi
    end_watch
    trap 'die stopped' HUP INT TERM
    read_taken
    say interface_runs "$interface"
}

# Open the firewall for the VPN port, which docker had opened by itself; otherwise friends would be cut off. These rules
# are removed together with the take-over.
let_friends_through() {
    uplink=$(find_uplink) vpn_port=$port opened=yes
    if [ -z "$uplink" ]; then return 0; fi
    if has_ufw; then open_ufw; fi
    if has_docker iptables; then open_docker; fi
}

# Install a unit that finishes or undoes an interrupted take-over at boot, with its own copy of the code. It is also
# started now, and waits for the lock until this installer exits or is killed.
place_recovery() {
    rm -rf /usr/local/lib/andreyvpn-takeover
    install -d /usr/local/lib/andreyvpn-takeover/lib
    cp -R "$here"/lib/*.py "$here/lib/install" "$here/lib/vpn" /usr/local/lib/andreyvpn-takeover/lib/
    find /usr/local/lib/andreyvpn-takeover -path '*/__pycache__*' -delete
    cat >"$takeover_unit" <<TEXT
[Unit]
Description=Finish or undo an interrupted take-over of a VPN server (AndreyVPN_bot)
ConditionPathExists=$etc/taken-over.json
After=docker.service $taken_tool-quick@$taken_interface.service

[Service]
Type=oneshot
Restart=on-failure
RestartSec=15
SuccessExitStatus=SIGTERM
OOMScoreAdjust=-900
WorkingDirectory=/usr/local/lib/andreyvpn-takeover
Environment=PYTHONUTF8=1
ExecStart=/usr/bin/flock /run/andreyvpn-install.lock /usr/bin/python3 -s -B -m lib.install.takeover recover

[Install]
WantedBy=multi-user.target
TEXT
    systemctl daemon-reload
    systemctl enable --quiet andreyvpn-takeover.service
    systemctl restart --no-block andreyvpn-takeover.service
}

# Stop the unit once the take-over is settled: otherwise it would briefly hold the lock.
end_watch() { systemctl stop andreyvpn-takeover.service || true; }

forget_recovery() {
    end_watch
    systemctl disable --quiet andreyvpn-takeover.service || true
    rm -rf /usr/local/lib/andreyvpn-takeover
    rm -f "$takeover_unit"
    systemctl daemon-reload
}

# Write what the container's program knew about its peers to a file; the bot imports it and deletes the file.
hand_over_peers() {
    if [ "$taken_step" = taken ]; then takeover hand-over || say no_names "$(cause)"; fi
}

# Undo the preparation if the installation ends before the cut-over.
undo_preparation() {
    [ -e "$etc/taken-over.json" ] || return 0
    case "$(takeover show)" in
        preparing*) if takeover recover >/dev/null && read_taken; then forget_takeover; fi ;;
    esac
}

# sudo ./install.sh give-back
give_back_server() {
    read_options "$@"
    need_server give-back "$@"
    watch_over
    has_python || die python_missing
    settle_takeover
    if [ -n "$settled" ] && [ "$taken_step" != taken ]; then return 0; fi
    [ "$taken_step" = taken ] || die nothing_taken
    say gives_back "$taken_interface" "$taken"
    confirm go_on || die nothing_changed
    step the_give_back
    give_back
    if [ -e "$unit" ]; then say bot_without_interface; fi
}

give_back() {
    place_recovery
    trap '' HUP INT TERM
    takeover give-back || die takeover_stuck
    trap 'die stopped' HUP INT TERM
    read_taken
    forget_takeover
}
