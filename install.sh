#!/bin/sh
# AndreyVPN_bot: try it, test it, install it. Safe to run twice.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
venv=$here/.venv

# What the tests use besides Python; all of it from Debian.
test_packages="tzdata wireguard-tools wireguard-go iproute2 iputils-ping zbar-tools tesseract-ocr \
chromium chromium-driver fonts-noto-color-emoji shellcheck debootstrap systemd-container util-linux age"

# Everything is said in English, and in Russian where the terminal speaks it: say ENGLISH RUSSIAN
russian() { case "${LC_ALL:-${LC_MESSAGES:-${LANG-}}}" in ru*) return 0 ;; *) return 1 ;; esac }

words() { if russian; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }

say() { words "$1" "${2:-$1}"; }

die() {
    printf 'install.sh: %s\n' "$(say "$@")" >&2
    exit 2
}

is_root() { [ "$(id -u)" = 0 ]; }

usage() {
    cat <<'TEXT'
Usage: ./install.sh demo [--port N]    play the whole thing in a browser, without token and root
                         [--real]       on a real interface in a network namespace of its own (root)
       ./install.sh test [ARGUMENTS]   check everything; ARGUMENTS go to pytest
       sudo ./install.sh [OPTIONS]     install on this server, or repair an installation
       sudo ./install.sh update        install this code beside the old one, and go back if it fails
       sudo ./install.sh uninstall [--purge] [--yes]
                                       take the bot away; --purge: settings and data too. The VPN stays.
Options, each of them asked for if left out:
       --token TOKEN        the bot's token from @BotFather          (or BOT_TOKEN, which no list of processes shows)
       --admin ID[,ID]      Telegram ids of the admins               (or ADMIN_IDS)
       --endpoint HOST      how friends reach this server            (or SERVER_ENDPOINT)
       --interface NAME     use this WireGuard or AmneziaWG interface
       --plain              plain WireGuard from the system's packages in place of AmneziaWG
       --port N             UDP port of a new interface (51820)
       --yes                ask nothing: what is not given and can't be guessed is an error
TEXT
}

# Install Debian packages that are missing; the list of packages is fetched only when something is.
need_packages() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "Installing:$missing"
    apt-get -qq update
    # shellcheck disable=SC2086 # the list is meant to be split
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >/dev/null
}

# Find a Python that is new enough and can make virtual environments.
need_python() {
    if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
        if ! is_root || ! command -v apt-get >/dev/null; then
            die "Python 3 with venv is missing. Type: sudo apt install python3-venv"
        fi
        need_packages python3 python3-venv ca-certificates
    fi
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
        die "Python 3.10 or newer is needed, this is $(python3 --version)"
}

# Make the project's own environment and bring it to a list of requirements.
need_venv() {
    need_python
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 || python3 -m venv --clear "$venv"
    stamp=$venv/.installed-$1
    if ! cmp -s "$here/$1" "$stamp"; then
        say "Installing what $1 lists into .venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/$1" ||
            die "pip could not install $1. Is this machine online?"
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
        say "== audit: nothing known against what could be looked up"
    else
        case "$found" in
            *"known vulnerabilit"*) die "$found" ;;
            *) say "== audit: not possible here" ;;
        esac
    fi
}

run_tests() {
    if is_root; then
        # shellcheck disable=SC2086 # the list is meant to be split
        need_packages $test_packages
    else
        say "Not root: tests that need a real interface are left out. All of them: sudo ./install.sh test"
    fi
    need_venv requirements.txt
    need_venv requirements-dev.txt
    cd "$here"
    audit
    say "== style and types"
    "$venv/bin/ruff" check .
    "$venv/bin/ruff" format --check andreyvpn_bot.py lib
    "$venv/bin/mypy"
    if command -v shellcheck >/dev/null; then shellcheck install.sh .ci/run; fi
    say "== tests"
    "$venv/bin/python" -m pytest "$@"
}

# ---- the server ----

app=/opt/andreyvpn
etc=/etc/andreyvpn
env_file=$etc/andreyvpn.env
data=/var/lib/andreyvpn
peers=$data/bot_data.db.peers
unit=/etc/systemd/system/andreyvpn.service
wrapper=/usr/local/sbin/andreyvpn
subnet6=fd10:8:0:1

step() { printf '\n== %s\n' "$(say "$@")"; }

# Ask a yes-or-no question; --yes is the answer to all of them.
confirm() {
    [ -z "$assume_yes" ] || return 0
    printf '%s [y/N] ' "$(say "$@")"
    read -r answer || answer=
    case "$answer" in [yYдД]*) return 0 ;; *) return 1 ;; esac
}

# Ask for a word, with a guess that Enter takes. Usage: ask NAME GUESS ENGLISH RUSSIAN
ask() {
    eval "given=\${$1-}"
    [ -z "$given" ] || return 0
    if [ -n "$assume_yes" ]; then
        [ -n "$2" ] || die "$3 is needed: give it as an option, see ./install.sh --help" "$4: задайте параметром, см. ./install.sh --help"
        eval "$1=\$2"
        return 0
    fi
    printf '%s%s: ' "$(say "$3" "$4")" "${2:+ [$2]}"
    read -r given || die "no answer: nothing was changed by this step; run it again" "нет ответа: этот шаг ничего не изменил, запустите ещё раз"
    eval "$1=\${given:-\$2}"
}

read_options() {
    token=${BOT_TOKEN-} admins=${ADMIN_IDS-} endpoint=${SERVER_ENDPOINT-}
    interface=${AWG_INTERFACE-} plain='' port=51820 assume_yes='' purge=''
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
            *) usage >&2; die "unknown option: $1" "неизвестный параметр: $1" ;;
        esac
        [ $# -gt 0 ] || die "the last option needs a value" "последнему параметру нужно значение"
        shift
    done
    case "$port" in '' | *[!0-9]*) die "--port must be a number" "--port должен быть числом" ;; esac
}

need_server() {
    is_root || die "this needs root. Type: sudo ./install.sh" "нужны права root. Наберите: sudo ./install.sh"
    command -v apt-get >/dev/null || die "this installs on Debian and Ubuntu only; README says how to do it by hand" "устанавливается только на Debian и Ubuntu"
    [ -d /run/systemd/system ] || die "systemd does not run here (a container?); README says how to run the bot by hand" "systemd здесь не работает (контейнер?)"
}

# Find an interface that is there already: the one that was named, else the first AmneziaWG or WireGuard one.
find_interface() {
    tool=
    for candidate in awg wg; do
        command -v $candidate >/dev/null || continue
        names=$($candidate show interfaces)
        for name in $names; do
            if [ -z "$interface" ] || [ "$interface" = "$name" ]; then
                tool=$candidate interface=$name
                return 0
            fi
        done
    done
    return 1
}

# Install AmneziaWG from the archive of its makers. The only step that reaches for it.
install_amneziawg() {
    command -v awg >/dev/null && return 0
    # shellcheck disable=SC1091 # a file of the system's
    . /etc/os-release
    hint=$(say "Or take plain WireGuard: sudo ./install.sh --plain" "Или возьмите обычный WireGuard: sudo ./install.sh --plain")
    need_packages software-properties-common gnupg "linux-headers-$(uname -r)" ||
        die "the packages that AmneziaWG is built with can't be installed on $PRETTY_NAME. $hint" "на $PRETTY_NAME не ставятся пакеты для сборки AmneziaWG. $hint"
    add-apt-repository -y ppa:amnezia/ppa || die "the archive of AmneziaWG can't be added on $PRETTY_NAME. $hint" "на $PRETTY_NAME не добавить архив AmneziaWG. $hint"
    if [ "$ID" = debian ]; then # the makers publish for Ubuntu; its oldest suite fits
        sed -i "s/ $VERSION_CODENAME / focal /; s/^Suites: $VERSION_CODENAME/Suites: focal/" /etc/apt/sources.list.d/*amnezia*
        apt-get -qq update
    fi
    need_packages amneziawg || die "AmneziaWG can't be installed from its archive. $hint" "AmneziaWG не ставится из своего архива. $hint"
    modprobe amneziawg || die "the amneziawg module can't be loaded (Secure Boot? an old kernel? reboot after an update). $hint" "модуль amneziawg не загружается (Secure Boot? старое ядро? после обновления перезагрузитесь). $hint"
}

install_wireguard() {
    need_packages wireguard-tools
    modprobe wireguard 2>/dev/null || command -v wireguard-go >/dev/null || need_packages wireguard-go
}

# Make an interface where there is none: keys, sound parameters, NAT in a table of its own, the bot's peers.
make_interface() {
    if [ -n "$plain" ]; then
        install_wireguard
        tool=wg interface=${interface:-wg0} folder=/etc/wireguard parameters=
    else
        install_amneziawg
        tool=awg interface=${interface:-awg0} folder=/etc/amnezia/amneziawg
        parameters=$("$release/.venv/bin/python" "$release/andreyvpn_bot.py" parameters)
    fi
    conf=$folder/$interface.conf
    if [ -e "$conf" ]; then
        say "$conf is there already: it is used as it is" "$conf уже есть и остаётся как есть"
    else
        install -d -m 0700 "$folder"
        nat=$etc/nat-$interface.nft
        pick_subnet
        write_nat >"$nat"
        (umask 077; write_conf >"$conf.new")
        mv "$conf.new" "$conf"
        say "Written: $conf, $nat" "Записано: $conf, $nat"
    fi
    printf 'net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1\n' >/etc/sysctl.d/60-andreyvpn.conf
    sysctl -q -p /etc/sysctl.d/60-andreyvpn.conf 2>/dev/null || true # one of them is refused where IPv6 is off
    [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ] || say "The kernel refuses to forward packets: friends will connect, but reach nothing" "Ядро не даёт пересылать пакеты: друзья подключатся, но сайты не откроются"
    systemctl enable --now "$tool-quick@$interface" ||
        die "the interface does not start. See: journalctl -u $tool-quick@$interface. Mend $conf, then run this again" "интерфейс не запускается. Смотрите: journalctl -u $tool-quick@$interface. Исправьте $conf и запустите ещё раз"
}

# Find a network that nothing on this machine uses yet.
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
Address = $subnet.1/24$(if has_ipv6; then printf ', %s::1/64' "$subnet6"; fi)
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
        ip saddr $subnet.0/24 oifname != "$interface" masquerade
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
    if grep -qsF "$peers" "/etc/wireguard/$interface.conf" "/etc/amnezia/amneziawg/$interface.conf"; then
        say "$interface runs, with the bot's peers" "$interface работает, пиры бота загружаются с ним"
        return 0
    fi
    drop_in=/etc/systemd/system/$tool-quick@$interface.service.d
    install -d "$drop_in"
    cat >"$drop_in/andreyvpn.conf" <<TEXT
[Service]
ExecStartPost=/bin/sh -c 'test ! -s $peers || $tool addconf $interface $peers'
TEXT
    say "$interface is there already: its file stays as it is. Its peers can be given to friends in the chat" "$interface уже есть, его файл остаётся как есть. Его пиров можно отдать друзьям в чате"
}

# Put this code beside older ones, with an environment of its own; the symlink decides which one runs.
install_code() {
    release=$app/releases/$(date +%Y%m%d-%H%M%S)
    install -d "$release"
    for part in andreyvpn_bot.py lib sql requirements.txt andreyvpn.service install.sh README.md LICENSE; do
        cp -R "$here/$part" "$release/"
    done
    find "$release" -name __pycache__ -prune -exec rm -rf {} +
    python3 -m venv "$release/.venv"
    "$release/.venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$release/requirements.txt" || {
        rm -rf "$release"
        die "pip could not install the bot's libraries. Is this machine online? Nothing was changed" "pip не смог поставить библиотеки бота. Есть ли сеть? Ничего не изменено"
    }
}

use_release() { ln -sfn "$1" "$app/current.new" && mv -T "$app/current.new" "$app/current"; }

# Keep the three newest codes.
prune_releases() {
    for old in $(find "$app/releases" -mindepth 1 -maxdepth 1 -type d | sort | head -n -3); do rm -rf "$old"; done
}

# Run a question of the new code with the token at hand.
bot_asks() { BOT_TOKEN=$token "$release/.venv/bin/python" "$release/andreyvpn_bot.py" "$1"; }

ask_token() {
    while :; do
        ask token "" "The bot's token, from @BotFather" "Токен бота от @BotFather"
        code=0
        username=$(bot_asks whoami) || code=$?
        case $code in
            0) say "Telegram knows the bot: @$username" "Telegram знает бота: @$username"; return 0 ;;
            1) say "Telegram does not know this token. Copy it again from @BotFather" "Telegram не знает этот токен. Скопируйте его заново у @BotFather" ;;
            *) die "Telegram does not answer. Is api.telegram.org in reach? If not, set TELEGRAM_PROXY and run this again" "Telegram не отвечает. Виден ли api.telegram.org? Если нет, задайте TELEGRAM_PROXY и запустите ещё раз" ;;
        esac
        [ -z "$assume_yes" ] || die "the token is wrong" "токен неверный"
        token=
    done
}

ask_admin() {
    while [ -z "$admins" ]; do
        [ -z "$assume_yes" ] || die "the admin's Telegram id is needed: --admin ID" "нужен Telegram id администратора: --admin ID"
        say "Open @$username in Telegram on your phone and press Start. Waiting for you…" "Откройте @$username в Telegram на телефоне и нажмите «Запустить». Жду…"
        found=$(bot_asks admin) || die "nobody pressed Start. Run this again when your phone is at hand" "никто не нажал «Запустить». Запустите ещё раз, когда телефон будет под рукой"
        if confirm "It was ${found#* }, id ${found%% *}. Is that you?" "Это ${found#* }, id ${found%% *}. Это вы?"; then admins=${found%% *}; fi
    done
}

guess_endpoint() {
    ip -4 -o route get 1.1.1.1 2>/dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p'
}

write_settings() {
    (
        umask 077
        cat >"$env_file.new" <<TEXT
# Settings of AndreyVPN_bot: README.md lists them all. After a change: systemctl restart andreyvpn
BOT_TOKEN=$token
ADMIN_IDS=$admins
SERVER_ENDPOINT=$endpoint
AWG_INTERFACE=$interface
AWG_COMMAND=$tool
DATABASE=$data/bot_data.db
LANGUAGE=$(case "${LANG-}" in ru*) echo ru ;; *) echo en ;; esac)
${TELEGRAM_API:+TELEGRAM_API=$TELEGRAM_API
}${TELEGRAM_PROXY:+TELEGRAM_PROXY=$TELEGRAM_PROXY
}
TEXT
    )
    chown andreyvpn:andreyvpn "$env_file.new"
    mv "$env_file.new" "$env_file"
}

write_wrapper() {
    cat >"$wrapper" <<TEXT
#!/bin/sh
# The bot's command line with the rights of its service: andreyvpn check, andreyvpn users, andreyvpn --help
[ "\$(id -u)" = 0 ] || exec sudo "\$0" "\$@"
exec setpriv --reuid=andreyvpn --regid=andreyvpn --clear-groups --inh-caps=-all,+net_admin$1 --ambient-caps=-all,+net_admin$1 \\
    $app/current/.venv/bin/python $app/current/andreyvpn_bot.py --env $env_file "\$@"
TEXT
    chmod 0755 "$wrapper"
}

install_service() {
    cp "$app/current/andreyvpn.service" "$unit"
    more=
    if [ -S "/var/run/wireguard/$interface.sock" ] || [ -S "/var/run/amneziawg/$interface.sock" ]; then
        install -d "$unit.d" # a userspace interface is reached by a socket that belongs to root
        printf '[Service]\nAmbientCapabilities=CAP_DAC_OVERRIDE\nCapabilityBoundingSet=CAP_DAC_OVERRIDE\n' >"$unit.d/userspace.conf"
        more=,+dac_override
    fi
    write_wrapper "$more"
    systemctl daemon-reload
    systemctl enable --quiet andreyvpn
    systemctl restart andreyvpn || die "the bot does not start. See: journalctl -u andreyvpn -n 20. Then run this again" "бот не запускается. Смотрите: journalctl -u andreyvpn -n 20. Потом запустите ещё раз"
}

install_server() {
    read_options "$@"
    need_server "$@"
    say "This installs the bot under $app, its settings in $etc, its data in $data, a user andreyvpn and a service." "Бот встанет в $app, настройки в $etc, данные в $data; появятся пользователь andreyvpn и служба."
    say "Where no WireGuard or AmneziaWG interface runs it makes one, with forwarding and NAT in a table of its own." "Если нет интерфейса WireGuard или AmneziaWG, он будет создан, с пересылкой и NAT в отдельной таблице."
    say "Existing firewall rules, sshd and other interfaces stay as they are." "Правила файрвола, sshd и другие интерфейсы не меняются."
    confirm "Go on?" "Продолжить?" || die "nothing was changed" "ничего не изменено"
    step "Packages" "Пакеты"
    need_packages python3 python3-venv ca-certificates iproute2 nftables util-linux
    need_python
    step "The bot's code" "Код бота"
    id andreyvpn >/dev/null 2>&1 || useradd --system --home-dir "$data" --shell /usr/sbin/nologin andreyvpn
    install -d -m 0755 "$app" "$app/releases" "$etc"
    install -d -m 0700 -o andreyvpn -g andreyvpn "$data"
    install_code
    step "The interface" "Интерфейс"
    if find_interface; then adopt_interface; else make_interface; fi
    step "The settings" "Настройки"
    if [ -e "$env_file" ] && [ -z "$token$admins$endpoint" ]; then
        say "$env_file is there already: it stays as it is" "$env_file уже есть и остаётся как есть"
    else
        ask_token
        ask_admin
        ask endpoint "$(guess_endpoint)" "How friends reach this server (address or name)" "Как друзья попадают на этот сервер (адрес или имя)"
        write_settings
    fi
    step "The service" "Служба"
    use_release "$release"
    install_service
    prune_releases
    step "Check" "Проверка"
    wait_for_database
    "$wrapper" check || say "Mend what is marked, then type: andreyvpn check" "Исправьте отмеченное, затем наберите: andreyvpn check"
    step "Done" "Готово"
    say "Open the bot in Telegram and send /start. Friends do the same; you approve them there." "Откройте бота в Telegram и отправьте /start. Друзья делают то же, вы одобряете их там."
    say "Later: andreyvpn check, andreyvpn --help, sudo ./install.sh update, sudo ./install.sh uninstall" "Потом: andreyvpn check, andreyvpn --help, sudo ./install.sh update, sudo ./install.sh uninstall"
}

wait_for_database() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ -s "$data/bot_data.db" ] && [ -s "$data/backups/bot_data-$(date +%F).db" ] && return 0
        sleep 1
    done
}

update_server() {
    read_options "$@"
    need_server update
    [ -L "$app/current" ] || die "there is no installation to update. Type: sudo ./install.sh" "обновлять нечего. Наберите: sudo ./install.sh"
    old=$(readlink -f "$app/current")
    before=0
    "$wrapper" check >/dev/null 2>&1 || before=1
    step "The new code" "Новый код"
    install_code
    step "A copy of the database" "Копия базы"
    copy=$data/before-update.db
    "$wrapper" backup "$copy"
    step "The switch" "Переключение"
    systemctl stop andreyvpn
    use_release "$release"
    cp "$release/andreyvpn.service" "$unit"
    systemctl daemon-reload
    if systemctl start andreyvpn && sleep 5 && systemctl is-active --quiet andreyvpn &&
        { [ $before = 1 ] || "$wrapper" check; }; then
        prune_releases
        say "Updated. The old code is kept in $old" "Обновлено. Прежний код сохранён в $old"
        return 0
    fi
    step "Back to the old code: the new one does not work here" "Назад к прежнему коду: новый здесь не работает"
    journalctl -u andreyvpn -n 10 --no-pager || true
    systemctl stop andreyvpn || true
    use_release "$old"
    cp "$old/andreyvpn.service" "$unit"
    systemctl daemon-reload
    "$wrapper" restore "$copy" || say "The database was left as it is" "База осталась как есть"
    systemctl start andreyvpn || die "the old code does not start either. See: journalctl -u andreyvpn" "прежний код тоже не запускается. Смотрите: journalctl -u andreyvpn"
    rm -rf "$release"
    die "the update failed; the bot runs as before" "обновить не удалось; бот работает как прежде"
}

uninstall_server() {
    read_options "$@"
    need_server uninstall
    say "This takes the bot away. The VPN goes on: who is let in stays in, who is blocked stays out." "Бот будет убран. VPN работает дальше: кто впущен, остаётся, кто заблокирован, не войдёт."
    if [ -n "$purge" ]; then say "Settings, database and backups go as well." "Настройки, база и копии тоже будут удалены."; fi
    confirm "Go on?" "Продолжить?" || die "nothing was changed" "ничего не изменено"
    systemctl disable --now andreyvpn 2>/dev/null || true
    rm -rf "$unit" "$unit.d" "$wrapper" "$app"
    systemctl daemon-reload
    if [ -n "$purge" ]; then
        cp "$peers" /root/andreyvpn.peers 2>/dev/null || true
        rm -rf "$env_file" "$data"
        userdel andreyvpn 2>/dev/null || true
        say "The list of peers is kept as /root/andreyvpn.peers; after the next reboot nobody is let in any more." "Список пиров сохранён в /root/andreyvpn.peers; после перезагрузки никто уже не подключится."
    else
        say "Settings and data are kept in $etc and $data: sudo ./install.sh brings the bot back." "Настройки и данные остались в $etc и $data: sudo ./install.sh вернёт бота."
    fi
}

main() {
    case "${1-}" in
        demo) shift; demo "$@" ;;
        test) shift; run_tests "$@" ;;
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
