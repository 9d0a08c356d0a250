#!/bin/sh
# AndreyVPN_bot: try it, test it, install it. Safe to run twice. This is the sequence; its parts are in lib/install.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
venv=$here/.venv

app=/opt/andreyvpn
etc=/etc/andreyvpn
env_file=$etc/andreyvpn.env
data=/var/lib/andreyvpn
units=/etc/systemd/system
unit=$units/andreyvpn.service
wrapper=/usr/local/sbin/andreyvpn
loader=/usr/local/lib/andreyvpn-node.py
peers=$data/bot_data.db.peers
forwarding=/etc/sysctl.d/60-andreyvpn.conf

# shellcheck source=lib/install/words.sh
. "$here/lib/install/words.sh"
# shellcheck source=lib/install/usage.sh
. "$here/lib/install/usage.sh"
# shellcheck source=lib/install/options.sh
. "$here/lib/install/options.sh"
# shellcheck source=lib/install/undo.sh
. "$here/lib/install/undo.sh"
# shellcheck source=lib/install/packages.sh
. "$here/lib/install/packages.sh"
# shellcheck source=lib/install/code.sh
. "$here/lib/install/code.sh"
# shellcheck source=lib/install/settings.sh
. "$here/lib/install/settings.sh"
# shellcheck source=lib/install/found.sh
. "$here/lib/install/found.sh"
# shellcheck source=lib/install/network.sh
. "$here/lib/install/network.sh"
# shellcheck source=lib/install/interface.sh
. "$here/lib/install/interface.sh"
# shellcheck source=lib/install/amneziawg.sh
. "$here/lib/install/amneziawg.sh"
# shellcheck source=lib/install/takeover.sh
. "$here/lib/install/takeover.sh"
# shellcheck source=lib/install/inside.sh
. "$here/lib/install/inside.sh"
# shellcheck source=lib/install/firewall.sh
. "$here/lib/install/firewall.sh"
# shellcheck source=lib/install/loader.sh
. "$here/lib/install/loader.sh"
# shellcheck source=lib/install/service.sh
. "$here/lib/install/service.sh"
# shellcheck source=lib/install/tests.sh
. "$here/lib/install/tests.sh"

is_root() { [ "$(id -u)" = 0 ]; }

# ---- on this machine ----

# Create the project's own environment and install a list of requirements. After an interrupted installation, start from
# scratch: pip takes a package that is only half there for installed.
need_venv() {
    need_python
    stamp=$venv/.installed-$1 unfinished=$venv/.unfinished
    if [ -e "$unfinished" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        python3 -m venv --clear "$venv"
    fi
    if ! cmp -s "$here/$1" "$stamp"; then
        say requirements "$1"
        : >"$unfinished"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/$1" ||
            die requirements_failed "$1"
        cp "$here/$1" "$stamp"
        rm -f "$unfinished"
    fi
}

demo() {
    need_venv requirements.txt
    exec "$venv/bin/python" "$here/andreyvpn_bot.py" demo "$@"
}

# ---- on a server ----

need_server() {
    is_root || die need_root "${1:+ $1}${2:+ …}"
    command -v apt-get >/dev/null || die need_apt
    [ -d /run/systemd/system ] || die need_systemd
}

install_server() {
    read_options "$@"
    need_server "" "$@"
    watch_over
    if has_python; then
        settle_takeover
        judge_settings
        offer_takeover
        judge_takeover
    fi
    say this_installs "$app" "$etc" "$data"
    if [ -n "$stay_inside" ]; then
        say what_stays_inside "$take_over"
    elif [ -n "$take_over" ]; then
        say what_is_taken_over "$take_over"
    else
        say this_uses
    fi
    if [ -n "$take_over" ]; then :; elif [ -n "$plain" ]; then say this_makes_plain; else say this_makes; fi
    say this_leaves
    confirm go_on || die nothing_changed
    step the_packages
    need_packages python3 python3-venv ca-certificates dbus iproute2 nftables procps util-linux
    need_python
    judge_settings
    offer_takeover
    judge_takeover
    step the_code
    id andreyvpn >/dev/null || useradd --system --home-dir "$data" --shell /usr/sbin/nologin andreyvpn
    install -d -m 0755 "$app" "$app/releases" "$etc"
    install -d -m 0700 -o andreyvpn -g andreyvpn "$data"
    install_code
    step the_settings
    ask_settings
    step the_interface
    settle_server
    write_names
    hand_over_peers
    write_settings
    step the_service
    place_release
    use_release "$release"
    undo_done
    write_service
    undo_done
    start_service
    prune_releases
    open_firewalls
    step the_check
    wait_for_database
    ask_bot check || say fix_marked
    step the_end
    say open_the_bot
    say later
}

# Stay in a container, take it over, or choose an interface of this server.
settle_server() {
    if [ -n "$stay_inside" ]; then
        stay_inside
    elif [ -n "$take_over" ]; then
        take_over_server
    else
        settle_interface
    fi
}

update_server() {
    read_options "$@"
    need_server update "$@"
    if [ ! -L "$app/current" ] || [ ! -e "$env_file" ]; then die nothing_to_update; fi
    watch_over
    settle_takeover
    token='' admins='' endpoint='' interface='' TELEGRAM_API='' TELEGRAM_PROXY=''
    read_known
    old=$(readlink -f "$app/current") interface=$(from_file AWG_INTERFACE) tool=$(from_file AWG_COMMAND)
    interface=${interface:-awg0} tool=${tool:-awg} # as the bot takes it where the file says nothing
    before=0
    need_packages dbus
    ask_bot check >/dev/null || before=1
    step the_new_code
    install_code
    place_release
    step the_switch
    write_names
    copy=$data/before-update.db
    trap '' HUP INT TERM # half-way is no place to stop
    if switch_over; then
        undo_done
        prune_releases
        pin_archive
        if is_ours; then renew_network; fi
        say updated "$old" "$copy"
    else
        go_back
    fi
}

uninstall_server() {
    read_options "$@"
    need_server uninstall "$@"
    watch_over
    if has_python; then settle_takeover; fi
    say this_removes
    choose_give_back
    made=$(list_made)
    choose_vpn "$(printf '%s\n' "$made" | cut -d ' ' -f 2 | paste -sd ' ')"
    if [ -n "$purge" ]; then say data_goes; fi
    confirm go_on || die nothing_changed
    step the_bot
    remove_service
    if [ -n "$gives_back" ]; then give_back; fi
    if [ -n "$made" ] && [ -n "$vpn" ]; then remove_interfaces; fi
    forget_archive
    if [ -n "$purge" ]; then forget_everything; else say data_stays "$etc" "$data"; fi
    forget_loader
}

# Decide whether to give a server that was taken over back to its container: yes, unless the owner declines.
choose_give_back() {
    gives_back=
    if [ "$taken_step" != taken ] || [ -n "$no_give_back" ]; then return 0; fi
    say goes_back_too "$taken_interface" "$taken"
    gives_back=yes
}

# The VPN goes only if that is said of it alone, and only an interface that the installer made.
choose_vpn() {
    if [ -z "$made" ]; then
        if [ -n "$vpn" ]; then say none_made; fi
    elif [ -z "$vpn" ] && [ -z "$assume_yes" ]; then
        if confirm vpn_too "$1"; then vpn=yes; fi
    fi
    if [ -z "$vpn" ]; then
        say vpn_stays
        name_open_firewalls
    elif [ -n "$made" ]; then
        say vpn_goes "$1"
    fi
}

main() {
    case "${1-}" in
        demo) shift; demo "$@" ;;
        test)
            shift
            if [ "${1-}" = quick ]; then shift; run_quick_tests "$@"; else run_tests "$@"; fi
            ;;
        bench) shift; need_tools bench; exec "$venv/bin/python" -m tests.bench "$@" ;;
        -h | --help | help) usage ;;
        give-back) shift; verb=give-back; give_back_server "$@" ;;
        --look) shift; look_around "$@" ;;
        update) shift; verb=update; update_server "$@" ;;
        uninstall) shift; verb=uninstall; uninstall_server "$@" ;;
        '' | --*) install_server "$@" ;;
        *) die unknown_command "$1" ;;
    esac
}

main "$@"
