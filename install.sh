#!/bin/sh
# AndreyVPN_bot: try it, test it, install it. Safe to run twice.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
venv=$here/.venv

app=/opt/andreyvpn
etc=/etc/andreyvpn
env_file=$etc/andreyvpn.env
data=/var/lib/andreyvpn

# What the tests use besides Python; all of it from Debian.
test_packages="tzdata wireguard-tools wireguard-go iproute2 iputils-ping zbar-tools tesseract-ocr \
chromium chromium-driver fonts-noto-color-emoji shellcheck debootstrap systemd-container util-linux age"

# Everything is said in English, and in Russian where the terminal speaks it: say ENGLISH RUSSIAN
russian() { case "${LC_ALL:-${LC_MESSAGES:-${LANG-}}}" in ru*) return 0 ;; *) return 1 ;; esac }

say() { if russian; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }

# End in words. They go where the terminal was at the start: what commands complain of is kept apart, see watch_over.
exec 3>&2
told=
die() {
    told=yes
    printf 'install.sh: %s\n' "$(say "$@")" >&3
    exit 2
}

# Name the cause of a failure: a full disk, no network, else what the command itself said.
offline='Temporary failure (resolving [^ ]*|in name resolution)|Could not (resolve|connect to) [^ ]*|Network is unreachable|Connection timed out'
trace=
afresh() { if [ -n "$trace" ]; then : >"$trace"; fi; } # what comes next complains for itself
cause() {
    for place in "${app%/*}" "${etc%/*}" "${data%/*}" /tmp; do
        if [ "$(df -Pk "$place" | awk 'END {print $4}')" -lt 2048 ]; then
            say "the disk is full ($place)" "диск заполнен ($place)"
            return 0
        fi
    done
    [ -s "$trace" ] || { say "it gave no reason" "причина не названа"; return 0; }
    grep -m 1 -oE "$offline" "$trace" || sed -n '/^\(E\|ERROR\): /{s/^[A-Z]*: //p;q}' "$trace" | grep . || grep -v '^[[:space:]]*$' "$trace" | tail -n 1
}

is_root() { [ "$(id -u)" = 0 ]; }

usage() {
    if russian; then
        cat <<'TEXT'
Как пользоваться:
       ./install.sh demo [--port N]    поиграть со всем в браузере, без токена и root
                         [--real]       на настоящем интерфейсе в отдельном сетевом пространстве (root)
       ./install.sh test [ARGUMENTS]   проверить всё (около четверти часа); ARGUMENTS достаются pytest
       ./install.sh test quick         проверить то, что быстро (до двух минут): стиль, типы, отдельные части
       ./install.sh bench [--json FILE] [WORD...]
                                       измерить скорость и память; со словами — только то, где они есть в названии
       sudo ./install.sh [OPTIONS]     установить на этот сервер или починить установку
       sudo ./install.sh update        поставить этот код рядом с прежним и вернуться, если он не заработает
       sudo ./install.sh uninstall [--purge] [--vpn] [--yes]
                                       убрать бота; --purge: вместе с настройками и данными; --vpn: вместе с
                                       интерфейсом, который создал установщик. Без --vpn VPN остаётся.
Параметры; о том, чего нет, будет вопрос, если этого не знает прежняя установка:
       --token TOKEN        токен бота от @BotFather         (или экспортированный BOT_TOKEN, sudo -E)
       --admin ID[,ID]      Telegram id администраторов      (или ADMIN_IDS)
       --endpoint HOST      как друзья попадают на сервер    (или SERVER_ENDPOINT)
       --interface NAME     этот интерфейс WireGuard или AmneziaWG
       --plain              обычный WireGuard из пакетов системы вместо AmneziaWG
       --port N             порт UDP нового интерфейса (51820)
       --yes                ни о чём не спрашивать: чего нет и о чём не догадаться, то ошибка
Переменные окружения, если до Telegram или до пакетов AmneziaWG не достучаться:
       TELEGRAM_PROXY       http://…, TELEGRAM_API: https://…
       AMNEZIAWG_ARCHIVE    зеркало https://ppa.launchpadcontent.net/amnezia/ppa/ubuntu
       AMNEZIAWG_KEY        файл с ключом этого архива, если сервер ключей недоступен
TEXT
        return
    fi
    cat <<'TEXT'
Usage: ./install.sh demo [--port N]    play the whole thing in a browser, without token and root
                         [--real]       on a real interface in a network namespace of its own (root)
       ./install.sh test [ARGUMENTS]   check everything (about a quarter of an hour); ARGUMENTS go to pytest
       ./install.sh test quick         check what is quick (two minutes at most): style, types, single parts
       ./install.sh bench [--json FILE] [WORD...]
                                       measure speed and memory; with words, only what has one in its name
       sudo ./install.sh [OPTIONS]     install on this server, or repair an installation
       sudo ./install.sh update        install this code beside the old one, and go back if it fails
       sudo ./install.sh uninstall [--purge] [--vpn] [--yes]
                                       take the bot away; --purge: settings and data too; --vpn: the interface too,
                                       if the installer made it. Without --vpn the VPN stays.
Options; what is left out is asked for, unless an earlier installation knows it:
       --token TOKEN        the bot's token from @BotFather          (or BOT_TOKEN, exported, with sudo -E)
       --admin ID[,ID]      Telegram ids of the admins               (or ADMIN_IDS)
       --endpoint HOST      how friends reach this server            (or SERVER_ENDPOINT)
       --interface NAME     use this WireGuard or AmneziaWG interface
       --plain              plain WireGuard from the system's packages in place of AmneziaWG
       --port N             UDP port of a new interface (51820)
       --yes                ask nothing: what is not given and can't be guessed is an error
In the environment, where Telegram or the packages of AmneziaWG are out of reach:
       TELEGRAM_PROXY       http://…, TELEGRAM_API: https://…
       AMNEZIAWG_ARCHIVE    a mirror of https://ppa.launchpadcontent.net/amnezia/ppa/ubuntu
       AMNEZIAWG_KEY        a file with the key of that archive, where no keyserver answers
TEXT
}

# Install Debian packages that are missing; the list of packages is fetched only when something is.
need_packages() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "Installing:$missing" "Ставлю:$missing"
    afresh
    apt_get update || true # an archive that is none of ours may be out of order; what matters is the next line
    # shellcheck disable=SC2086 # the list is meant to be split
    apt_get install -y --no-install-recommends $missing || die \
        "the packages$missing can't be installed: $(cause). Is this server online? Mend that (try: apt-get update), then run this again" \
        "пакеты$missing не ставятся: $(cause). Есть ли сеть? Исправьте это (попробуйте: apt-get update) и запустите ещё раз"
}

# Call apt-get without questions, waiting for another one that runs; a fresh server often updates itself.
apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >/dev/null
}

# Find a Python that is new enough and can make virtual environments.
need_python() {
    if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
        if ! is_root || ! command -v apt-get >/dev/null; then
            die "Python 3 with venv is missing. Type: sudo apt install python3-venv" "Нет Python 3 с venv. Наберите: sudo apt install python3-venv"
        fi
        need_packages python3 python3-venv ca-certificates
    fi
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
        die "Python 3.10 or newer is needed, this is $(python3 --version)" "Нужен Python 3.10 или новее, а здесь $(python3 --version)"
}

# Make the project's own environment and bring it to a list of requirements.
need_venv() {
    need_python
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 || python3 -m venv --clear "$venv"
    stamp=$venv/.installed-$1
    if ! cmp -s "$here/$1" "$stamp"; then
        say "Installing what $1 lists into .venv" "Ставлю в .venv то, что перечислено в $1"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/$1" ||
            die "pip could not install $1. Is this machine online?" "pip не смог поставить $1. Есть ли сеть?"
        cp "$here/$1" "$stamp"
    fi
}

demo() {
    need_venv requirements.txt
    exec "$venv/bin/python" "$here/andreyvpn_bot.py" demo "$@"
}

# Look the dependencies up among known vulnerabilities; without that service in reach there is nothing to judge.
audit() {
    if found=$("$venv/bin/pip-audit" --progress-spinner off --require-hashes --disable-pip -r requirements.txt 2>&1); then
        echo "== audit: nothing known against what could be looked up"
    else
        case "$found" in
            *"known vulnerabilit"*) die "$found" "$found" ;;
            *) echo "== audit: not possible here" ;;
        esac
    fi
}

# Install what the tests and the benches use.
need_tools() {
    if is_root; then
        # shellcheck disable=SC2086 # the list is meant to be split
        need_packages $test_packages
    else
        echo "Not root: what needs a real interface is left out. All of it: sudo ./install.sh $1"
    fi
    need_venv requirements.txt
    need_venv requirements-dev.txt
    cd "$here"
}

check_style() {
    echo "== style and types"
    "$venv/bin/ruff" check .
    "$venv/bin/ruff" format --check andreyvpn_bot.py lib
    "$venv/bin/mypy"
    echo "== tests"
}

# Most tests wait most of the time, so there are more of them at once than cores. What is given last wins: test -n 0
run_pytest() {
    "$venv/bin/python" -m pytest -n $(($(nproc) * 2)) --dist loadgroup --no-loadscope-reorder "$@"
}

run_tests() {
    need_tools test
    audit
    if command -v shellcheck >/dev/null; then shellcheck install.sh .ci/run; fi
    check_style
    run_pytest "$@"
}

# What takes two minutes at most, and asks for nothing but Python: for every edit.
run_quick_tests() {
    need_venv requirements.txt
    need_venv requirements-dev.txt
    cd "$here"
    check_style
    run_pytest -m "not slow" tests/unit "$@"
}

# ---- the server ----

unit=/etc/systemd/system/andreyvpn.service
wrapper=/usr/local/sbin/andreyvpn
peers=$data/bot_data.db.peers
forwarding=/etc/sysctl.d/60-andreyvpn.conf
subnet6=fd10:8:0:1

step() {
    at=$(say "$@")
    afresh
    printf '\n== %s\n' "$at"
}

# Ask a yes-or-no question; --yes is the answer to all of them.
confirm() {
    [ -z "$assume_yes" ] || return 0
    printf '%s [y/N] ' "$(say "$@")"
    read -r answer || { answer=; echo; }
    case "$answer" in [yYдД]*) return 0 ;; *) return 1 ;; esac
}

# Ask for a word, with a guess that Enter takes. Usage: ask NAME GUESS ENGLISH RUSSIAN
ask() {
    eval "given=\${$1-}"
    [ -z "$given" ] || return 0
    if [ -n "$assume_yes" ]; then
        [ -n "$2" ] || die "$3: this is needed. Give it as an option, see ./install.sh --help" "$4: без этого никак. Задайте параметром, см. ./install.sh --help"
        eval "$1=\$2"
        return 0
    fi
    printf '%s%s: ' "$(say "$3" "$4")" "${2:+ [$2]}"
    read -r given || die "no answer: nothing was changed by this step; run it again" "нет ответа: этот шаг ничего не изменил, запустите ещё раз"
    eval "$1=\${given:-\$2}"
}

read_options() {
    token=${BOT_TOKEN-} admins=${ADMIN_IDS-} endpoint=${SERVER_ENDPOINT-}
    interface=${AWG_INTERFACE-} plain='' port=51820 assume_yes='' purge='' vpn=''
    while [ $# -gt 0 ]; do
        case "$1" in
            --token) token=${2-}; shift ;;
            --admin) admins=${2-}; shift ;;
            --endpoint) endpoint=${2-}; shift ;;
            --interface) interface=${2-}; shift ;;
            --port) port=${2-}; shift ;;
            --plain) plain=yes ;;
            --yes) assume_yes=yes ;;
            --purge) purge=yes ;;
            --vpn) vpn=yes ;;
            *) usage >&3; die "unknown option: $1" "неизвестный параметр: $1" ;;
        esac
        [ $# -gt 0 ] || die "the last option needs a value" "последнему параметру нужно значение"
        shift
    done
    case "$port" in '' | *[!0-9]* | ??????*) port=0 ;; esac
    if [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then
        die "--port must be a number from 1 to 65535" "--port должен быть числом от 1 до 65535"
    fi
}

need_server() {
    is_root || die "this needs root. Type: sudo ./install.sh${1:+ $1}" "нужны права root. Наберите: sudo ./install.sh${1:+ $1}"
    command -v apt-get >/dev/null || die "this installs on Debian and Ubuntu only" "устанавливается только на Debian и Ubuntu"
    [ -d /run/systemd/system ] || die \
        "systemd does not run here (a container?). The service needs it: take a server or a container that boots with systemd" \
        "systemd здесь не работает (контейнер?). Служба без него не живёт: нужен сервер или контейнер, где он запущен"
}

# From here on every end is in words, whatever fails, and what is half-made goes with it. The complaints of commands
# are kept aside: the last one names the cause.
watch_over() {
    exec 9>/run/andreyvpn-install.lock
    flock -n 9 || die "another installation runs; wait for its end" "установка уже идёт; дождитесь её конца"
    undo=$app/unfinished
    at=$(say "the beginning" "начало")
    umask 022 # the service's user reads the code
    trace=$(mktemp -p /run andreyvpn.XXXXXX)
    exec 2>>"$trace"
    trap finish EXIT
    trap 'die "stopped. Nothing half-made is left; run it again when you like" "прервано. Недоделанного не осталось; запустите ещё раз, когда захотите"' HUP INT TERM
}

finish() {
    code=$?
    trap '' HUP INT TERM
    if [ $code != 0 ] && [ -z "$told" ]; then
        printf 'install.sh: %s\n' "$(say \
            "the step '$at' failed: $(cause). Nothing half-made is left: mend that, then run this again" \
            "не удался шаг '$at': $(cause). Недоделанного не осталось: исправьте это и запустите ещё раз")" >&3
        code=2
    fi
    # shellcheck disable=SC2086 # the list is meant to be split
    rm -rf $undo "$trace"
    exit $code
}

# ---- the code ----

# Make the new code ready, with an environment of its own; nothing uses it before use_release.
install_code() {
    release=$app/unfinished
    rm -rf "$release"
    install -d "$release"
    for part in andreyvpn_bot.py lib sql requirements.txt andreyvpn.service install.sh README.md LICENSE; do
        cp -R "$here/$part" "$release/"
    done
    find "$release" -name __pycache__ -prune -exec rm -rf {} +
    make_environment
    "$release/.venv/bin/python" -m compileall -q "$release/lib" # the service may not write that, and would do it at each start
    chmod -R u=rwX,go=rX "$release"
}

# The libraries that run now are taken along where the new code wants the same: that needs no network.
make_environment() {
    if cmp -s "$release/requirements.txt" "$app/current/requirements.txt" && "$app/current/.venv/bin/python" -c 'import PIL, qrcode, requests'; then
        cp -a "$app/current/.venv" "$release/"
        return 0
    fi
    say "Installing its libraries" "Ставлю его библиотеки"
    python3 -m venv "$release/.venv"
    "$release/.venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$release/requirements.txt" || die \
        "pip could not install the bot's libraries: $(cause). Is this server online? Nothing was changed: mend that, then run this again" \
        "pip не смог поставить библиотеки бота: $(cause). Есть ли сеть? Ничего не изменено: исправьте это и запустите ещё раз"
}

# Put the new code beside older ones; the symlink decides which one runs.
place_release() {
    release=$app/releases/$(date +%Y%m%d-%H%M%S)
    undo="$undo $release"
    mv "$app/unfinished" "$release"
}

use_release() { ln -sfn "$1" "$app/current.new" && mv -T "$app/current.new" "$app/current"; }

# Keep the three newest codes.
prune_releases() {
    for old in $(find "$app/releases" -mindepth 1 -maxdepth 1 -type d | sort | head -n -3); do rm -rf "$old"; done
}

# ---- the settings ----

language() { if russian; then echo ru; else echo en; fi; }

# Give a setting as the file has it; nothing where it has none.
from_file() {
    [ -e "$env_file" ] || return 0
    sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" "$env_file" | tail -n 1 |
        sed "s/[[:space:]]*\$//; s/^\"\\(.*\\)\"\$/\\1/; s/^'\\(.*\\)'\$/\\1/"
}

# Change one line of the settings, or add it; every other line stays as it is. Usage: put_setting NAME VALUE
put_setting() {
    if [ -z "$2" ] || [ "$(from_file "$1")" = "$2" ]; then return 0; fi
    # shellcheck disable=SC2016 # the dollars are awk's
    NAME=$1 VALUE=$2 awk '
        { line = $0; sub(/^[ \t]+/, "", line); name = line; sub(/[ \t]*=.*/, "", name) }
        index(line, "=") && name == ENVIRON["NAME"] { if (!done++) print name "=" ENVIRON["VALUE"]; next }
        { print }
        END { if (!done) print ENVIRON["NAME"] "=" ENVIRON["VALUE"] }' "$env_file.new" >"$env_file.newer"
    mv "$env_file.newer" "$env_file.new"
}

# Bring the file to what was given, found and answered.
write_settings() {
    undo="$undo $env_file.new $env_file.newer"
    umask 077
    if [ -e "$env_file" ]; then
        cat "$env_file" >"$env_file.new"
    else
        cat >"$env_file.new" <<TEXT
# Settings of AndreyVPN_bot: README.md lists them all. After a change: systemctl restart andreyvpn
DATABASE=$data/bot_data.db
LANGUAGE=$(language)
TEXT
    fi
    put_setting BOT_TOKEN "$token"
    put_setting ADMIN_IDS "$admins"
    put_setting SERVER_ENDPOINT "$endpoint"
    put_setting AWG_INTERFACE "$interface"
    put_setting AWG_COMMAND "$tool"
    put_setting TELEGRAM_API "${TELEGRAM_API-}"
    put_setting TELEGRAM_PROXY "${TELEGRAM_PROXY-}"
    umask 022
    chown andreyvpn:andreyvpn "$env_file.new"
    mv "$env_file.new" "$env_file"
}

# Let the bot itself say what is wrong with an answer. Usage: find_fault NAME VALUE
find_fault() {
    LANGUAGE=$(language)
    (export "$1=$2" LANGUAGE && cd "$here" && python3 -B -m lib.console.answers "$1")
}

# Run a question of the new code with the token at hand.
bot_asks() { BOT_TOKEN=$token "$release/.venv/bin/python" "$release/andreyvpn_bot.py" "$@"; }

# Settle a setting: given, or answered, and asked again until the bot can read it.
# Usage: settle VARIABLE NAME GUESS ENGLISH RUSSIAN
settle() {
    while :; do
        ask "$1" "$3" "$4" "$5"
        eval "given=\$$1"
        if fault=$(find_fault "$2" "$given"); then return 0; fi
        [ -n "$fault" ] || fault=$(cause)
        [ -z "$assume_yes" ] || die "$4: $fault" "$5: $fault"
        say "$fault" "$fault"
        eval "$1="
    done
}

# See that the bot can read what was given, before anything is changed.
check_given() {
    for pair in "BOT_TOKEN=$token" "ADMIN_IDS=$admins" "SERVER_ENDPOINT=$endpoint" "AWG_INTERFACE=$interface" \
        "TELEGRAM_API=${TELEGRAM_API-}" "TELEGRAM_PROXY=${TELEGRAM_PROXY-}"; do
        name=${pair%%=*}
        [ -n "${pair#*=}" ] || continue
        fault=$(find_fault "$name" "${pair#*=}") || die "$name: ${fault:-$(cause)}" "$name: ${fault:-$(cause)}"
    done
}

# Take what was given, else what an earlier installation has settled, else ask.
ask_settings() {
    TELEGRAM_API=${TELEGRAM_API:-$(from_file TELEGRAM_API)} TELEGRAM_PROXY=${TELEGRAM_PROXY:-$(from_file TELEGRAM_PROXY)}
    export TELEGRAM_API TELEGRAM_PROXY
    known_token=$(from_file BOT_TOKEN)
    token=${token:-$known_token} admins=${admins:-$(from_file ADMIN_IDS)} endpoint=${endpoint:-$(from_file SERVER_ENDPOINT)}
    if [ -e "$env_file" ]; then
        say "$env_file is there already: what you give now is changed in it, the rest stays" "$env_file уже есть: в нём меняется то, что вы задали, остальное остаётся"
    fi
    if [ -z "$token" ] || [ -z "$admins" ] || [ "$token" != "$known_token" ]; then ask_token; fi
    [ -n "$admins" ] || find_admin
    settle admins ADMIN_IDS "" "The admins' Telegram ids" "Telegram id администраторов"
    settle_endpoint
}

ask_token() {
    while :; do
        settle token BOT_TOKEN "" "The bot's token, from @BotFather" "Токен бота от @BotFather"
        code=0
        username=$(bot_asks whoami) || code=$?
        case $code in
            0) say "Telegram knows the bot: @$username" "Telegram знает бота: @$username"; return 0 ;;
            1) ;;
            *) die "Telegram does not answer: $(cause). Is api.telegram.org in reach? If not, set TELEGRAM_PROXY and run this again" "Telegram не отвечает: $(cause). Виден ли api.telegram.org? Если нет, задайте TELEGRAM_PROXY и запустите ещё раз" ;;
        esac
        [ -z "$assume_yes" ] || die "Telegram does not know this token. Copy it again from @BotFather" "Telegram не знает этот токен. Скопируйте его заново у @BotFather"
        say "Telegram does not know this token. Copy it again from @BotFather" "Telegram не знает этот токен. Скопируйте его заново у @BotFather"
        token=
    done
}

find_admin() {
    while [ -z "$admins" ]; do
        [ -z "$assume_yes" ] || die "the admin's Telegram id is needed: --admin ID" "нужен Telegram id администратора: --admin ID"
        say "Open @$username in Telegram on your phone and press Start. Waiting for you…" "Откройте @$username в Telegram на телефоне и нажмите «Запустить». Жду…"
        found=$(bot_asks admin) || die "nobody pressed Start. Run this again when your phone is at hand" "никто не нажал «Запустить». Запустите ещё раз, когда телефон будет под рукой"
        if confirm "It was ${found#* }, id ${found%% *}. Is that you?" "Это ${found#* }, id ${found%% *}. Это вы?"; then admins=${found%% *}; fi
    done
}

settle_endpoint() {
    guess=$(ip -4 -o route get 1.1.1.1 2>/dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p')
    if [ -z "$endpoint" ] && is_private "$guess"; then
        say "$guess is a private address: friends outside can't reach it. Give the public one, and let your router pass UDP $port on" "$guess — частный адрес: друзья снаружи до него не достучатся. Укажите внешний и пробросьте на роутере порт UDP $port"
    fi
    settle endpoint SERVER_ENDPOINT "$guess" "How friends reach this server (address or name)" "Как друзья попадают на этот сервер (адрес или имя)"
}

is_private() {
    case "$1" in
        10.* | 192.168.* | 169.254.* | 172.1[6-9].* | 172.2[0-9].* | 172.3[01].*) return 0 ;;
        100.6[4-9].* | 100.[7-9][0-9].* | 100.1[01][0-9].* | 100.12[0-7].*) return 0 ;;
        *) return 1 ;;
    esac
}

# ---- the interface ----

folder_of() { if [ "$1" = wg ]; then echo /etc/wireguard; else echo /etc/amnezia/amneziawg; fi; }

# Find the interface to use: the one that was named, now or before, else one that runs, else one that is set up, else
# make it. One that was there before keeps its file.
settle_interface() {
    tool=
    if [ -z "$interface" ]; then
        interface=$(from_file AWG_INTERFACE) tool=$(from_file AWG_COMMAND)
        case "$interface:$tool" in
            *: | *:awg | *:wg) ;;
            *)
                say "AWG_COMMAND is of your own making ($tool): the interface is left to you" "AWG_COMMAND вы задали сами ($tool): интерфейс остаётся за вами"
                return 0
                ;;
        esac
    fi
    new=awg
    if [ -n "$plain" ] || [ "$tool" = wg ]; then new=wg; fi
    if find_running; then
        if ! is_ours; then adopt_interface; fi
    elif find_conf; then
        start_existing
    else
        make_interface
    fi
    if is_ours; then
        allow_forwarding
        say "$interface runs, and the bot's peers come with it" "$interface работает, и пиры бота загружаются вместе с ним"
    fi
}

# The installer made an interface if its file loads the installer's NAT.
is_ours() { grep -qsF "nft -f $etc/nat-$interface.nft" "$(folder_of "$tool")/$interface.conf"; }

find_running() {
    for candidate in awg wg; do
        command -v $candidate >/dev/null || continue
        for name in $($candidate show interfaces); do
            if [ -z "$interface" ] || [ "$interface" = "$name" ]; then
                tool=$candidate interface=$name
                return 0
            fi
        done
    done
    if [ -n "$interface" ] && [ -e "/sys/class/net/$interface" ]; then
        die "$interface is there, but it is no WireGuard or AmneziaWG interface. Name another one: --interface NAME" "$interface есть, но это не интерфейс WireGuard или AmneziaWG. Назовите другой: --interface NAME"
    fi
    return 1
}

# Find an interface that is set up, but down: the one that was named, else the one that would be made.
find_conf() {
    for candidate in awg wg; do
        if [ -z "$interface" ] && [ $candidate != "$new" ]; then continue; fi
        conf=$(folder_of $candidate)/${interface:-${candidate}0}.conf
        if [ -e "$conf" ]; then
            tool=$candidate interface=${interface:-${candidate}0}
            return 0
        fi
    done
    for other in /etc/wireguard/*.conf /etc/amnezia/amneziawg/*.conf; do
        if [ -e "$other" ] && [ ! -e "/sys/class/net/$(basename "$other" .conf)" ]; then
            say "$other is set up, but down: it is left alone. To use it: --interface $(basename "$other" .conf)" "$other настроен, но выключен: остаётся как есть. Чтобы взять его: --interface $(basename "$other" .conf)"
        fi
    done
    return 1
}

start_existing() {
    say "$conf is there already, but the interface is down. Its file stays as it is" "$conf уже есть, но интерфейс выключен. Файл остаётся как есть"
    confirm "Start $interface, now and at every boot, and use it?" "Включить $interface, сейчас и при каждой загрузке, и взять его?" ||
        die "nothing was changed. To have another interface made: --interface NAME" "ничего не изменено. Чтобы создать другой интерфейс: --interface NAME"
    need_tool
    if is_ours; then allow_forwarding; else adopt_interface; fi
    start_interface
}

start_interface() {
    systemctl enable --now "$tool-quick@$interface" || die \
        "the interface $interface does not start: $(complaint). Mend $conf, then run this again. All that it says: journalctl -u $tool-quick@$interface" \
        "интерфейс $interface не запускается: $(complaint). Исправьте $conf и запустите ещё раз. Всё, что он говорит: journalctl -u $tool-quick@$interface"
}

# Give the last words of an interface that does not start, without the commands that it repeats.
complaint() { journalctl "_SYSTEMD_UNIT=$tool-quick@$interface.service" -n 20 -o cat | grep -v '^\[#\]' | tail -n 2 | tr '\n' ' '; }

need_tool() { if [ "$tool" = wg ]; then install_wireguard; else install_amneziawg; fi; }

install_wireguard() {
    need_packages wireguard-tools
    modprobe wireguard || command -v wireguard-go >/dev/null || need_packages wireguard-go
}

# Make an interface where there is none: keys, sound parameters, NAT in a table of its own, the bot's peers.
make_interface() {
    tool=$new
    interface=${interface:-${tool}0} folder=$(folder_of "$tool")
    conf=$folder/$interface.conf nat=$etc/nat-$interface.nft
    [ -z "$(ss -Hlun "sport = :$port")" ] || die "UDP port $port is taken by another program. Choose another one: --port N" "порт UDP $port занят другой программой. Выберите другой: --port N"
    pick_subnet
    need_tool
    parameters=
    if [ "$tool" = awg ]; then parameters=$(bot_asks parameters); fi
    install -d -m 0700 "$folder"
    undo="$undo $nat $conf.new"
    write_nat >"$nat"
    (umask 077; write_conf >"$conf.new")
    mv "$conf.new" "$conf"
    undo=$app/unfinished
    say "Written: $conf, $nat" "Записано: $conf, $nat"
    allow_forwarding
    start_interface
}

allow_forwarding() {
    printf 'net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1\n' >"$forwarding"
    sysctl -q -p "$forwarding" || true # one of them is refused where IPv6 is off
    [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ] || say "The kernel refuses to forward packets: friends will connect, but reach nothing" "Ядро не даёт пересылать пакеты: друзья подключатся, но сайты не откроются"
}

# Find a network that nothing on this machine uses yet; with 65,533 addresses it is never too small.
pick_subnet() {
    used=$(ip -4 -o address show; ip -4 route show)
    for number in 8 9 11 12 13 14 15 66 77 88 99 111 122 133; do
        subnet=10.$number.0
        case "$used" in *"10.$number."*) ;; *) return 0 ;; esac
    done
    die "no free network was found among 10.8.0.0 … 10.133.0.0" "среди 10.8.0.0 … 10.133.0.0 нет свободной сети"
}

# Inside the tunnel there is IPv6 where the server reaches the world by it; elsewhere it would only lead nowhere.
has_ipv6() { [ -n "$(ip -6 route show default 2>/dev/null)" ]; }

write_conf() {
    cat <<TEXT
[Interface]
Address = $subnet.1/16$(if has_ipv6; then printf ', %s::1/64' "$subnet6"; fi)
ListenPort = $port
PrivateKey = $($tool genkey)
$parameters
PostUp = nft -f $nat
PostUp = test ! -s $peers || $tool addconf %i $peers
PostDown = nft delete table inet andreyvpn_$interface
TEXT
}

write_nat() {
    cat <<TEXT
table inet andreyvpn_$interface
delete table inet andreyvpn_$interface
table inet andreyvpn_$interface {
    chain postrouting {
        type nat hook postrouting priority srcnat;
        ip saddr $subnet.0/16 oifname != "$interface" masquerade
        ip6 saddr $subnet6::/64 oifname != "$interface" masquerade
    }
    chain forward {
        type filter hook forward priority mangle;
        oifname "$interface" tcp flags syn / syn,rst tcp option maxseg size set rt mtu
        iifname "$interface" tcp flags syn / syn,rst tcp option maxseg size set rt mtu
    }
}
TEXT
}

# An interface that was there before keeps its file; systemd loads the bot's peers behind its start.
adopt_interface() {
    if grep -qsF "$peers" "$(folder_of "$tool")/$interface.conf"; then
        say "$interface is there already, and its file loads the bot's peers" "$interface уже есть, и его файл загружает пиров бота"
        return 0
    fi
    drop_in=/etc/systemd/system/$tool-quick@$interface.service.d
    install -d "$drop_in"
    cat >"$drop_in/andreyvpn.conf" <<TEXT
[Service]
ExecStartPost=/bin/sh -c 'test ! -s $peers || $tool addconf $interface $peers'
TEXT
    systemctl daemon-reload
    say "$interface is there already: its file stays as it is. Its peers can be given to friends in the chat" "$interface уже есть, его файл остаётся как есть. Его пиров можно отдать друзьям в чате"
}

# ---- AmneziaWG ----

makers=https://ppa.launchpadcontent.net/amnezia/ppa/ubuntu
fingerprint=75C9DD72C799870E310542E24166F2C257290828
keyserver=hkps://keyserver.ubuntu.com
keyring=/usr/share/keyrings/amneziawg.gpg
sources=/etc/apt/sources.list.d/amneziawg.sources
kernel_sources=/etc/apt/sources.list.d/amneziawg-kernel

# Install AmneziaWG from the archive of its makers, and see that the kernel, or a program in its place, can do it.
install_amneziawg() {
    plainly=$(say "Or take plain WireGuard: sudo ./install.sh --plain" "Или возьмите обычный WireGuard: sudo ./install.sh --plain")
    command -v awg >/dev/null || install_tools
    modprobe amneziawg || [ -e /sys/module/amneziawg ] || command -v amneziawg-go >/dev/null || die \
        "the kernel can't load the module amneziawg (Secure Boot? an old kernel? reboot after an update), and there is no amneziawg-go on the PATH. $plainly" \
        "ядро не загружает модуль amneziawg (Secure Boot? старое ядро? после обновления перезагрузитесь), а программы amneziawg-go нет. $plainly"
}

install_tools() {
    archive=${AMNEZIAWG_ARCHIVE:-$makers}
    apt_get update || true
    packages=amneziawg-tools
    kernel=$(uname -r)
    if [ -d "/lib/modules/$kernel" ]; then # the machine's own; a container lives on another's
        packages="amneziawg linux-headers-$kernel"
        apt-cache show "linux-headers-$kernel" >/dev/null || die \
            "the running kernel $kernel has no headers in the archives any more. Type: apt-get full-upgrade, then reboot, then run this again. $plainly" \
            "для работающего ядра $kernel в архивах уже нет заголовков. Наберите: apt-get full-upgrade, затем reboot, затем запустите ещё раз. $plainly"
    fi
    if [ -n "${AMNEZIAWG_ARCHIVE-}" ] || ! apt-cache show amneziawg-tools >/dev/null; then
        undo="$undo $sources $keyring $kernel_sources.sources $kernel_sources.list"
        trust_archive
        add_archive
    fi
    # shellcheck disable=SC2086 # the list is meant to be split
    need_packages $packages
    undo=$app/unfinished
}

# Take the archive's key, if it is the makers'; an archive on this very disk may have a key of its own.
trust_archive() {
    need_packages gpg
    keys=$(mktemp -d -p /run andreyvpn-keys.XXXXXX)
    undo="$undo $keys"
    if [ -n "${AMNEZIAWG_KEY-}" ]; then
        keyring_tool --import "$AMNEZIAWG_KEY" || die "no key can be read from AMNEZIAWG_KEY=$AMNEZIAWG_KEY: $(cause)" "из AMNEZIAWG_KEY=$AMNEZIAWG_KEY ключ не прочитать: $(cause)"
    else
        fetch_key
    fi
    found=$(keyring_tool --with-colons --list-keys | awk -F: '$1 == "pub" {new = 1} $1 == "fpr" && new {print $10; new = 0}' | tr '\n' ' ')
    found=${found% }
    case "$archive" in file:*) wanted=${found%% *} ;; *) wanted=$fingerprint ;; esac
    [ "$found" = "$wanted" ] || die \
        "that is not the key of AmneziaWG's makers: its fingerprint is $found, theirs is $fingerprint. Nothing of that archive was trusted or installed. $plainly" \
        "это не ключ авторов AmneziaWG: его отпечаток $found, а их — $fingerprint. Этому архиву нет доверия, из него ничего не поставлено. $plainly"
    keyring_tool --export "$wanted" >"$keyring"
    chmod 0644 "$keyring"
    rm -rf "$keys"
}

keyring_tool() { afresh && timeout 90 gpg --homedir "$keys" --batch --quiet "$@" 9>&-; }

fetch_key() {
    need_packages dirmngr
    code=0
    keyring_tool --keyserver $keyserver --recv-keys $fingerprint || code=$?
    gpgconf --homedir "$keys" --kill all || true
    [ $code = 0 ] || die \
        "the key of AmneziaWG's archive can't be fetched from $keyserver: $(cause). Fetch the key $fingerprint elsewhere, and name its file: AMNEZIAWG_KEY=FILE. $plainly" \
        "ключ архива AmneziaWG не получить с $keyserver: $(cause). Возьмите ключ $fingerprint в другом месте и назовите файл: AMNEZIAWG_KEY=ФАЙЛ. $plainly"
}

# Tell apt of the archive. The makers publish for Ubuntu; on Debian the oldest of their suites fits.
add_archive() {
    # shellcheck disable=SC1091 # a file of the system's
    suite=$(. /etc/os-release && if [ "$ID" = ubuntu ]; then echo "$VERSION_CODENAME"; else echo focal; fi)
    cat >"$sources" <<TEXT
Types: deb deb-src
URIs: $archive
Suites: $suite
Components: main
Signed-By: $keyring
TEXT
    if [ -d "/lib/modules/$kernel" ]; then add_kernel_sources; fi
    say "Written: $sources ($archive, key $wanted)" "Записано: $sources ($archive, ключ $wanted)"
    afresh
    apt_get update -o "Dir::Etc::sourcelist=$sources" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any || die \
        "the archive $archive can't be used: $(cause). If it is out of reach, name a mirror: AMNEZIAWG_ARCHIVE=https://… $plainly" \
        "архивом $archive не воспользоваться: $(cause). Если он недоступен, назовите зеркало: AMNEZIAWG_ARCHIVE=https://… $plainly"
}

# The module is built from the kernel's own sources: let apt find them where the system's archives are named.
add_kernel_sources() {
    grep -rqsE '^(deb-src|Types:.*deb-src)' /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list.d/ubuntu.sources && return 0
    sed -n 's/^deb\([[:space:]]\)/deb-src\1/p' /etc/apt/sources.list >$kernel_sources.list || true
    for file in debian ubuntu; do
        if [ -e "/etc/apt/sources.list.d/$file.sources" ]; then
            sed 's/^Types:.*/Types: deb-src/' "/etc/apt/sources.list.d/$file.sources" >$kernel_sources.sources
        fi
    done
}

# ---- the service ----

write_wrapper() {
    cat >"$wrapper" <<TEXT || return
#!/bin/sh
# The bot's command line with the rights of its service: andreyvpn check, andreyvpn users, andreyvpn --help
[ "\$(id -u)" = 0 ] || exec sudo "\$0" "\$@"
exec setpriv --reuid=andreyvpn --regid=andreyvpn --clear-groups --inh-caps=-all,+net_admin$1 --ambient-caps=-all,+net_admin$1 \\
    $app/current/.venv/bin/python $app/current/andreyvpn_bot.py --env $env_file "\$@"
TEXT
    chmod 0755 "$wrapper"
}

# Write all that systemd and the shell know of the bot, by the code that runs now. Each failure is one of the whole.
write_service() {
    if [ -S "/var/run/wireguard/$interface.sock" ] || [ -S "/var/run/amneziawg/$interface.sock" ]; then
        # a userspace interface is reached by a socket that belongs to root
        install -d "$unit.d" && printf '[Service]\nAmbientCapabilities=CAP_DAC_OVERRIDE\nCapabilityBoundingSet=CAP_DAC_OVERRIDE\n' >"$unit.d/userspace.conf" || return
    elif [ -e "/sys/class/net/$interface" ]; then
        rm -f "$unit.d/userspace.conf"
    fi
    more=
    if [ -e "$unit.d/userspace.conf" ]; then more=,+dac_override; fi
    cp "$app/current/andreyvpn.service" "$unit" && write_wrapper "$more" && systemctl daemon-reload
}

start_service() {
    systemctl enable --quiet andreyvpn
    systemctl restart andreyvpn || die "the bot does not start. See: journalctl -u andreyvpn -n 20. Then run this again" "бот не запускается. Смотрите: journalctl -u andreyvpn -n 20. Потом запустите ещё раз"
}

wait_for_database() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ -s "$data/bot_data.db" ] && [ -s "$data/backups/bot_data-$(date +%F).db" ] && return 0
        sleep 1
    done
}

# ---- what can be done ----

install_server() {
    read_options "$@"
    need_server ""
    watch_over
    say "This installs the bot under $app, its settings in $etc, its data in $data, a user andreyvpn and a service." "Бот встанет в $app, настройки в $etc, данные в $data; появятся пользователь andreyvpn и служба."
    say "Where no WireGuard or AmneziaWG interface runs it makes one, with forwarding and NAT in a table of its own." "Если нет интерфейса WireGuard или AmneziaWG, он будет создан, с пересылкой и NAT в отдельной таблице."
    say "Existing firewall rules, sshd and other interfaces stay as they are." "Правила файрвола, sshd и другие интерфейсы не меняются."
    confirm "Go on?" "Продолжить?" || die "nothing was changed" "ничего не изменено"
    step "Packages" "Пакеты"
    need_packages python3 python3-venv ca-certificates iproute2 nftables procps util-linux
    need_python
    check_given
    step "The bot's code" "Код бота"
    id andreyvpn >/dev/null || useradd --system --home-dir "$data" --shell /usr/sbin/nologin andreyvpn
    install -d -m 0755 "$app" "$app/releases" "$etc"
    install -d -m 0700 -o andreyvpn -g andreyvpn "$data"
    install_code
    step "The settings" "Настройки"
    ask_settings
    step "The interface" "Интерфейс"
    settle_interface
    write_settings
    step "The service" "Служба"
    place_release
    use_release "$release"
    undo=$app/unfinished
    write_service
    start_service
    prune_releases
    step "Check" "Проверка"
    wait_for_database
    "$wrapper" check || say "Mend what is marked, then type: andreyvpn check" "Исправьте отмеченное, затем наберите: andreyvpn check"
    step "Done" "Готово"
    say "Open the bot in Telegram and send /start. Friends do the same; you approve them there." "Откройте бота в Telegram и отправьте /start. Друзья делают то же, вы одобряете их там."
    say "Later: andreyvpn check, andreyvpn --help, sudo ./install.sh update, sudo ./install.sh uninstall" "Потом: andreyvpn check, andreyvpn --help, sudo ./install.sh update, sudo ./install.sh uninstall"
}

update_server() {
    read_options "$@"
    need_server update
    if [ ! -L "$app/current" ] || [ ! -e "$env_file" ]; then
        die "there is no installation to update. Type: sudo ./install.sh" "обновлять нечего. Наберите: sudo ./install.sh"
    fi
    watch_over
    old=$(readlink -f "$app/current") interface=$(from_file AWG_INTERFACE)
    before=0
    "$wrapper" check >/dev/null || before=1
    step "The new code" "Новый код"
    install_code
    place_release
    step "The switch" "Переключение"
    copy=$data/before-update.db was=$old/.before-update
    rm -rf "$was"
    install -d -m 0700 "$was"
    cp -a "$unit" "$wrapper" "$was/"
    if [ -d "$unit.d" ]; then cp -a "$unit.d" "$was/"; fi
    trap '' HUP INT TERM # half-way is no place to stop
    if switch_over; then
        undo=$app/unfinished
        prune_releases
        say "Updated. The old code is kept in $old, the database before it in $copy" "Обновлено. Прежний код сохранён в $old, прежняя база — в $copy"
    else
        go_back
    fi
}

# Run the new code on the database, of which a copy is kept, and check it. A failure of any line is one of the whole.
switch_over() {
    systemctl stop andreyvpn && rm -f "$copy" && "$wrapper" backup "$copy" && use_release "$release" &&
        write_service && systemctl start andreyvpn && sleep 5 && systemctl is-active --quiet andreyvpn &&
        { [ $before = 1 ] || "$wrapper" check; }
}

go_back() {
    step "Back to the old code: the new one does not work here" "Назад к прежнему коду: новый здесь не работает"
    journalctl -u andreyvpn -n 10 --no-pager || true
    systemctl stop andreyvpn || true
    use_release "$old" || true
    rm -rf "$unit.d"
    cp -a "$was/${wrapper##*/}" "$wrapper" || true
    cp -a "$was/${unit##*/}"* "${unit%/*}/" || true
    systemctl daemon-reload || true
    if [ -s "$copy" ] && ! "$wrapper" users >/dev/null; then # the new code has changed it beyond the old one's reading
        "$wrapper" restore "$copy" || true
    fi
    systemctl start andreyvpn || die "the old code does not start either. See: journalctl -u andreyvpn" "прежний код тоже не запускается. Смотрите: journalctl -u andreyvpn"
    die "the update failed; the bot runs as before" "обновить не удалось; бот работает как прежде"
}

uninstall_server() {
    read_options "$@"
    need_server uninstall
    watch_over
    say "This takes the bot away." "Бот будет убран."
    find_made
    choose_vpn
    if [ -n "$vpn" ]; then
        say "The VPN goes as well:$made. Its key is lost, every friend is cut off for good." "Сам VPN тоже будет убран:$made. Его ключ пропадёт, все друзья будут отключены насовсем."
    else
        say "The VPN goes on: who is let in stays in, who is blocked stays out." "VPN работает дальше: кто впущен, остаётся, кто заблокирован, не войдёт."
    fi
    if [ -n "$purge" ]; then say "Settings, database and backups go as well." "Настройки, база и копии тоже будут удалены."; fi
    confirm "Go on?" "Продолжить?" || die "nothing was changed" "ничего не изменено"
    step "The bot" "Бот"
    systemctl disable --now andreyvpn || true
    rm -rf "$unit" "$unit.d" "$wrapper" "$app"
    systemctl daemon-reload
    if [ -n "$vpn" ]; then remove_interfaces; fi
    if [ -n "$purge" ]; then
        forget_everything
    else
        say "Settings and data are kept in $etc and $data: sudo ./install.sh brings the bot back." "Настройки и данные остались в $etc и $data: sudo ./install.sh вернёт бота."
    fi
}

# Find the interfaces that the installer made.
find_made() {
    made=
    for tool in awg wg; do
        for conf in "$(folder_of $tool)"/*.conf; do
            interface=$(basename "$conf" .conf)
            if is_ours; then made="$made $interface"; fi
        done
    done
}

# The VPN goes only if that is said of it alone, and only an interface that the installer made.
choose_vpn() {
    if [ -z "$made" ]; then
        if [ -n "$vpn" ]; then say "The installer has made no interface here: those that are there stay." "Установщик не создавал здесь интерфейса: те, что есть, остаются."; fi
        vpn=
    elif [ -z "$vpn" ] && [ -z "$assume_yes" ]; then
        if confirm "Take away the VPN itself too, and cut every friend off for good? (interface$made)" "Убрать и сам VPN, навсегда отключив всех друзей? (интерфейс$made)"; then vpn=yes; fi
    fi
}

remove_interfaces() {
    step "The VPN" "VPN"
    for interface in $made; do
        for tool in awg wg; do
            if ! is_ours; then continue; fi
            systemctl disable --now "$tool-quick@$interface" || true
            rm -f "$(folder_of $tool)/$interface.conf"
        done
        rm -f "$etc/nat-$interface.nft"
        [ ! -e "/sys/class/net/$interface" ] || die "$interface still runs: $(cause). Type: ip link delete $interface" "$interface всё ещё работает: $(cause). Наберите: ip link delete $interface"
        say "Removed: $interface. Nobody can connect any more." "Удалён: $interface. Никто больше не подключится."
    done
    rm -f "$forwarding"
}

# Forget everything. What keeps the peers of a VPN that stays is a file beside the bot's data, so a copy is left.
forget_everything() {
    if [ -z "$vpn" ] && [ -s "$peers" ]; then
        cp "$peers" /root/andreyvpn.peers
        say "The list of peers is kept as /root/andreyvpn.peers; after the next reboot nobody is let in any more." "Список пиров сохранён в /root/andreyvpn.peers; после перезагрузки никто уже не подключится."
    fi
    for drop_in in /etc/systemd/system/*-quick@*.service.d/andreyvpn.conf; do
        rm -f "$drop_in"
        rmdir "${drop_in%/*}" || true
    done
    systemctl daemon-reload
    rm -rf "$env_file" "$data"
    rmdir "$etc" || true # the NAT of a VPN that stays
    userdel andreyvpn || true
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
        update) shift; update_server "$@" ;;
        uninstall) shift; uninstall_server "$@" ;;
        '' | --*) install_server "$@" ;;
        *)
            usage >&2
            die "unknown command: $1" "неизвестная команда: $1"
            ;;
    esac
}

main "$@"
