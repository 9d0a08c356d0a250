# shellcheck shell=sh disable=SC2034 # the parts of install.sh share their variables
# What may follow the command: ./install.sh [COMMAND] [OPTION]…

# Return success if a command accepts an option.
takes() {
    case "$verb $1" in
        *' --yes' | 'uninstall --purge' | 'uninstall --vpn' | 'uninstall --no-give-back') ;;
        *' --purge' | *' --vpn' | *' --no-give-back') return 1 ;;
        *) [ "$verb" = install ] ;;
    esac
}

# Refuse an option without a value, e.g. because a variable is empty: the next word must not be taken for it.
need_value() { case "${2-}" in '' | --*) die no_value "$1" ;; esac; }

verb=install
read_options() {
    token=${BOT_TOKEN-} admins=${ADMIN_IDS-} endpoint=${SERVER_ENDPOINT-}
    TELEGRAM_API=${TELEGRAM_API-} TELEGRAM_PROXY=${TELEGRAM_PROXY-}
    interface=${AWG_INTERFACE-} plain='' port='' version='' assume_yes='' purge='' vpn=''
    take_over='' stay_inside='' planned='' offered='' no_give_back='' taken_step='' taken_interface=''
    while [ $# -gt 0 ]; do
        case "$1" in
            -h | --help) usage; exit 0 ;;
            --look) die look_alone ;;
        esac
        takes "$1" || die unknown_option "$1"
        case "$1" in
            --token) need_value "$@"; token=$2; shift ;;
            --admin) need_value "$@"; admins=$2; shift ;;
            --endpoint) need_value "$@"; endpoint=$2; shift ;;
            --interface) need_value "$@"; interface=$2; shift ;;
            --port) need_value "$@"; port=$2; shift ;;
            --awg) need_value "$@"; version=$2; shift ;;
            --take-over) need_value "$@"; take_over=$2; shift ;;
            --stay-inside) stay_inside=yes ;;
            --no-give-back) no_give_back=yes ;;
            --plain) plain=yes ;;
            --yes) assume_yes=yes ;;
            --purge) purge=yes ;;
            --vpn) vpn=yes ;;
            *) die unknown_option "$1" ;;
        esac
        shift
    done
    judge_options
}

# Refuse options that don't go together, rather than ignore one silently.
judge_options() {
    if [ -n "$stay_inside" ] && [ -z "$take_over" ]; then die inside_of_what; fi
    if [ -n "$take_over" ] && [ -n "$port$version$plain" ]; then die keeps_its_own; fi
    if [ -n "$stay_inside" ] && [ -n "$interface" ]; then die keeps_its_interface; fi
    port=${port:-51820}
    case "$port" in *[!0-9]* | ??????*) port=0 ;; esac
    if [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then die bad_port; fi
    case "$version" in '' | 2.0 | 3.1) ;; *) die bad_version ;; esac
}
