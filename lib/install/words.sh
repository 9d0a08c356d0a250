# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# All that the installation says, in English, and in Russian where the terminal speaks it; and how it is said and asked.

russian() { case "${LC_ALL:-${LC_MESSAGES:-${LANG-}}}" in ru*) return 0 ;; *) return 1 ;; esac }

say() { text "$@"; }

# End in words. They go where the terminal was at the start: what commands complain of is kept apart, see watch_over.
exec 3>&2
told=
die() {
    told=yes
    printf 'install.sh: %s\n' "$(text "$@")" >&3
    exit 2
}

step() {
    at=$(text "$@")
    afresh
    printf '\n== %s\n' "$at"
}

# Ask a yes-or-no question; --yes is the answer to all of them.
confirm() {
    [ -z "$assume_yes" ] || return 0
    printf '%s [y/N] ' "$(text "$@")"
    read -r answer || { answer=; echo; }
    case "$answer" in [yYдД]*) return 0 ;; *) return 1 ;; esac
}

# Ask for a word, with a guess that Enter takes. Usage: ask VARIABLE GUESS KEY [VALUE...]
ask() {
    eval "given=\${$1-}"
    [ -z "$given" ] || return 0
    variable=$1 guess=$2
    shift 2
    if [ -n "$assume_yes" ]; then
        [ -n "$guess" ] || die needed "$(text "$@")"
        given=$guess
    else
        printf '%s%s: ' "$(text "$@")" "${guess:+ [$guess]}"
        read -r given || die no_answer
    fi
    eval "$variable=\${given:-\$guess}"
}

# Name the cause of a failure: a full disk, no network, else what the command itself said.
offline='Temporary failure (resolving [^ ]*|in name resolution)|Could not (resolve|connect to) [^ ]*'
offline="$offline|Network is unreachable|Connection timed out"
trace=
afresh() { if [ -n "$trace" ]; then : >"$trace"; fi; } # what comes next complains for itself
cause() {
    for place in "${app%/*}" "${etc%/*}" "${data%/*}" /tmp; do
        if [ "$(df -Pk "$place" | awk 'END {print $4}')" -lt 2048 ]; then
            text disk_full "$place"
            return 0
        fi
    done
    [ -s "$trace" ] || { text no_reason; return 0; }
    grep -m 1 -oE "$offline" "$trace" || sed -n '/^\(E\|ERROR\): /{s/^[A-Z]*: //p;q}' "$trace" | grep . ||
        grep -v '^[[:space:]]*$' "$trace" | tail -n 1
}

# Print a text with its values. Usage: text KEY [VALUE...]
text() {
    find_text "$1"
    shift
    if russian; then en=$ru; fi
    # shellcheck disable=SC2059 # the texts are the formats
    printf -- "$en\n" "$@"
}

find_text() {
    case "$1" in
        # that a value is the whole text
        as_it_is) en='%s' ru='%s' ;;
        fault) en='%s: %s' ru='%s: %s' ;;

        # the end
        disk_full) en='the disk is full (%s)' ru='диск заполнен (%s)' ;;
        no_reason) en='it gave no reason' ru='причина не названа' ;;
        step_failed)
            en="the step '%s' failed: %s. Nothing half-made is left: fix that, then run this again"
            ru="не удался шаг '%s': %s. Недоделанного не осталось: исправьте это и запустите ещё раз"
            ;;
        stopped)
            en='stopped. Nothing half-made is left; run this again whenever you like'
            ru='прервано. Недоделанного не осталось; запустите ещё раз, когда захотите'
            ;;

        # the command line
        unknown_option)
            en='there is no option %s here. To see them all: ./install.sh --help'
            ru='параметра %s здесь нет. Все параметры: ./install.sh --help'
            ;;
        unknown_command)
            en='there is no command %s. To see them all: ./install.sh --help'
            ru='команды %s нет. Все команды: ./install.sh --help'
            ;;
        no_value)
            en='%s needs a value, see ./install.sh --help'
            ru='после %s нужно значение, см. ./install.sh --help'
            ;;
        keeps_its_own)
            en='a server that is taken over keeps its port and its protocol: leave out --port, --awg and --plain'
            ru='у перенесённого сервера порт и протокол остаются прежними: уберите --port, --awg и --plain'
            ;;
        keeps_its_interface)
            en='a server that stays in its container keeps its interface: leave out --interface (or AWG_INTERFACE)'
            ru='сервер в контейнере остаётся на своём интерфейсе: уберите --interface (или AWG_INTERFACE)'
            ;;
        bad_version) en='--awg must be 2.0 or 3.1' ru='--awg должен быть 2.0 или 3.1' ;;
        which_version)
            en='Which AmneziaWG for the new interface? 2.0 suits most apps. 3.1 hides more, but needs the newest apps'
            ru='Какой AmneziaWG для нового интерфейса? 2.0 знают почти все приложения. '
            ru="${ru}3.1 прячет лучше, но нужны самые новые приложения"
            ;;
        keeps_version)
            en='%s keeps its parameters: --awg is for a new interface'
            ru='%s остаётся со своими параметрами: --awg действует только для нового интерфейса'
            ;;
        needs_newer)
            en='AmneziaWG 3.1 is newer than what is installed here (%s). Update it, or use --awg 2.0'
            ru='AmneziaWG 3.1 новее того, что установлено здесь (%s). Обновите его или возьмите другой: --awg 2.0'
            ;;
        bad_port) en='--port must be a number from 1 to 65535' ru='--port должен быть числом от 1 до 65535' ;;
        look_alone)
            en='--look takes no other options. Type: sudo ./install.sh --look'
            ru='у --look нет других параметров. Наберите: sudo ./install.sh --look'
            ;;
        needed)
            en='%s: this is required. Give it as an option, see ./install.sh --help'
            ru='%s: без этого не обойтись. Задайте параметром, см. ./install.sh --help'
            ;;
        no_answer)
            en='no answer, so nothing was changed here; run this again'
            ru='нет ответа: этот шаг ничего не изменил, запустите ещё раз'
            ;;

        # what it needs
        need_root)
            en='this needs root. Type: sudo ./install.sh%s'
            ru='нужны права root. Наберите: sudo ./install.sh%s'
            ;;
        need_apt) en='this only installs on Debian and Ubuntu' ru='устанавливается только на Debian и Ubuntu' ;;
        need_systemd)
            en='systemd is not running here (a container?). The service needs it: use a server or a container that '
            en="${en}boots with systemd"
            ru='systemd здесь не работает (контейнер?). Службе он нужен: возьмите сервер или контейнер, где он '
            ru="${ru}запущен"
            ;;
        already_running)
            en='another installation is running; wait until it has finished'
            ru='установка уже идёт; дождитесь её конца'
            ;;
        python_missing)
            en='Python 3 with venv is missing. Type: sudo apt install python3-venv'
            ru='Нет Python 3 с venv. Наберите: sudo apt install python3-venv'
            ;;
        python_old)
            en='Python 3.10 or newer is required, and this is %s'
            ru='Нужен Python 3.10 или новее, а здесь %s'
            ;;
        installing) en='Installing: %s' ru='Ставлю: %s' ;;
        waiting_for_apt)
            en='Another apt is running (a fresh server updates itself): waiting for it…'
            ru='Сейчас работает другой apt (новый сервер обновляется сам): жду его…'
            ;;
        packages_failed)
            en="the packages %s can't be installed: %s. Is this server online? Fix that (try: apt-get update), then "
            en="${en}run this again"
            ru='пакеты %s не ставятся: %s. Есть ли сеть? Исправьте это (попробуйте: apt-get update) и запустите ещё раз'
            ;;
        requirements)
            en='Installing what %s lists into .venv'
            ru='Ставлю в .venv то, что перечислено в %s'
            ;;
        requirements_failed)
            en='pip could not install %s. Is this machine online?'
            ru='pip не смог поставить %s. Есть ли сеть?'
            ;;
        libraries) en='Installing its libraries' ru='Ставлю его библиотеки' ;;
        libraries_failed)
            en="pip could not install the bot's libraries: %s. Is this server online? Nothing was changed: fix that, "
            en="${en}then run this again"
            ru='pip не смог поставить библиотеки бота: %s. Есть ли сеть? Ничего не изменено: исправьте это и запустите '
            ru="${ru}ещё раз"
            ;;

        # the settings
        bad_file)
            en='the settings of the earlier installation are broken. %s. Nothing was changed: fix that, then run this '
            en="${en}again"
            ru='настройки прежней установки испорчены. %s. Ничего не изменено: исправьте это и запустите ещё раз'
            ;;
        file_kept)
            en='%s already exists: what you give now is changed in it, the rest stays'
            ru='%s уже есть: в нём меняется то, что вы задали, остальное остаётся'
            ;;
        token) en="The bot's token, from @BotFather" ru='Токен бота от @BotFather' ;;
        token_known) en='Telegram knows the bot: @%s' ru='Telegram знает бота: @%s' ;;
        token_unknown)
            en="Telegram doesn't know this token. Copy it again from @BotFather"
            ru='Telegram не знает этот токен. Скопируйте его заново у @BotFather'
            ;;
        telegram_silent) en='%s. Then run this again' ru='%s. Потом запустите ещё раз' ;;
        admins) en="The admins' Telegram ids" ru='Telegram id администраторов' ;;
        admin_needed)
            en="the admin's Telegram id is required: --admin ID"
            ru='нужен Telegram id администратора: --admin ID'
            ;;
        press_start)
            en='Open @%s in Telegram on your phone and press Start. Waiting for you…'
            ru='Откройте @%s в Telegram на телефоне и нажмите «Запустить». Жду…'
            ;;
        nobody_pressed)
            en='no one pressed Start. Run this again when your phone is at hand'
            ru='никто не нажал «Запустить». Запустите ещё раз, когда телефон будет под рукой'
            ;;
        is_that_you) en='It was %s, id %s. Is that you?' ru='Это %s, id %s. Это вы?' ;;
        endpoint)
            en='How friends reach this server (address or name)'
            ru='Как друзья попадают на этот сервер (адрес или имя)'
            ;;
        private_address)
            en="%s is a private address: friends outside can't reach it. Give the public one, and make your router "
            en="${en}forward UDP %s"
            ru='%s — частный адрес: друзья снаружи до него не достучатся. Укажите внешний и пробросьте на роутере '
            ru="${ru}порт UDP %s"
            ;;

        # the interface
        own_command)
            en='AWG_COMMAND is your own (%s): the interface is left to you'
            ru='AWG_COMMAND у вас свой (%s): интерфейс остаётся за вами'
            ;;
        interface_runs)
            en="%s is running, and the bot's peers load with it"
            ru='%s работает, и пиры бота загружаются вместе с ним'
            ;;
        client_interface)
            en="%s isn't a server for friends (a VPN client such as WARP?): it is left alone. To use it: --interface %s"
            ru='%s не годится для друзей (VPN-клиент вроде WARP?): остаётся как есть. Чтобы взять его: --interface %s'
            ;;
        which_interface)
            en='Several interfaces are running: %s. Which one is for friends (or --interface NAME)'
            ru='Работает несколько интерфейсов: %s. Какой из них для друзей (или --interface ИМЯ)'
            ;;
        not_running) en='%s is none of them' ru='%s — не один из них' ;;
        not_wireguard)
            en="%s exists, but it isn't a WireGuard or AmneziaWG interface. Name another one: --interface NAME"
            ru='%s есть, но это не интерфейс WireGuard или AmneziaWG. Назовите другой: --interface ИМЯ'
            ;;
        left_alone)
            en='%s is set up, but down: it is left alone. To use it: --interface %s'
            ru='%s настроен, но выключен: остаётся как есть. Чтобы взять его: --interface %s'
            ;;
        conf_there)
            en='%s already exists, but the interface is down. Its file stays as it is'
            ru='%s уже есть, но интерфейс выключен. Файл остаётся как есть'
            ;;
        start_it)
            en='Start %s, now and at every boot, and use it?'
            ru='Включить %s, сейчас и при каждой загрузке, и взять его?'
            ;;
        not_started)
            en='nothing was changed. To make another interface: --interface NAME'
            ru='ничего не изменено. Чтобы создать другой интерфейс: --interface ИМЯ'
            ;;
        does_not_start)
            en="the interface %s doesn't start: %s. Fix %s, then run this again. Its full log: journalctl -u %s"
            ru='интерфейс %s не запускается: %s. Исправьте %s и запустите ещё раз. Весь его журнал: journalctl '
            ru="${ru}-u %s"
            ;;
        port_taken)
            en='UDP port %s is taken by another program. Choose another one: --port N'
            ru='порт UDP %s занят другой программой. Выберите другой: --port N'
            ;;
        no_free_network)
            en='no free network was found in 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16: %s'
            ru='в 10.0.0.0/8, 172.16.0.0/12 и 192.168.0.0/16 нет свободной сети: %s'
            ;;
        written) en='Written: %s' ru='Записано: %s' ;;
        no_forwarding)
            en='The kernel refuses to forward packets: friends will connect, but no site will open'
            ru='Ядро не даёт пересылать пакеты: друзья подключатся, но сайты не откроются'
            ;;
        six_stays_off)
            en='IPv6 is not forwarded: this server would lose its own IPv6, which comes from a router. Friends '
            en="${en}get IPv4 only"
            ru='IPv6 не пересылается: иначе сервер потерял бы собственный IPv6, маршрут которого даёт роутер. У друзей '
            ru="${ru}будет только IPv4"
            ;;
        six_leads_nowhere)
            en='Friends have IPv6 addresses, but this server has no IPv6 internet access. Sites open over IPv4'
            ru='У друзей есть адреса IPv6, но сам сервер не выходит по IPv6 в интернет. Сайты откроются по IPv4'
            ;;
        policy_written)
            en='From now on, friends can reach the internet only. Each other, this server and its networks: only what '
            en="${en}FRIENDS_SEE_EACH_OTHER and FRIENDS_MAY_REACH in %s allow"
            ru='Теперь друзьям открыт только интернет. Друг друга, этот сервер и его сети они видят, лишь если это '
            ru="${ru}разрешают FRIENDS_SEE_EACH_OTHER и FRIENDS_MAY_REACH в %s"
            ;;
        no_policy)
            en="the rules for friends can't be written to %s: %s. The old rules stay. Fix that, then run this again"
            ru='правила для друзей не записать в %s: %s. Прежние правила остаются. Исправьте это и запустите ещё раз'
            ;;
        own_rules)
            en='%s was there before, with its own rules: FRIENDS_SEE_EACH_OTHER and FRIENDS_MAY_REACH change nothing'
            ru='%s был здесь раньше, и правила у него свои: FRIENDS_SEE_EACH_OTHER и FRIENDS_MAY_REACH ничего не меняют'
            ;;
        no_names)
            en="the names of the peers that are here already can't be saved: %s. The bot shows their keys instead"
            ru='имена пиров, которые здесь уже есть, не сохранить: %s. Бот покажет вместо них ключи'
            ;;
        saves_config)
            en='⚠️  %s has SaveConfig = true: after a restart it lets in everyone who was connected when it stopped, '
            en="${en}even friends whose limit is used up. Remove that line: the bot adds its peers by itself"
            ru='⚠️  В %s есть SaveConfig = true: после перезапуска он впустит всех, кто был подключён при остановке, '
            ru="${ru}даже тех, у кого исчерпан лимит. Удалите эту строку: своих пиров бот добавит сам"
            ;;
        adopted_before)
            en="%s already exists, and its file loads the bot's peers"
            ru='%s уже есть, и его файл загружает пиров бота'
            ;;
        adopted)
            en='%s already exists: its file stays as it is. Its peers can be given to friends in the chat'
            ru='%s уже есть, его файл остаётся как есть. Его пиров можно отдать друзьям в чате'
            ;;

        # taking over a server
        what_is_taken_over)
            en='The server in the container %s moves to an interface of this server, with its key, port and peers: '
            en="${en}friends keep their files, and their connection pauses for a few seconds. The container is "
            en="${en}stopped, not deleted. If none of the friends who are online now comes back within three minutes, "
            en="${en}everything goes back by itself."
            ru='Сервер из контейнера %s переедет на интерфейс этого сервера, с тем же ключом, портом и пирами: файлы '
            ru="${ru}друзей остаются прежними, связь прервётся на несколько секунд. Контейнер остановится, но не "
            ru="${ru}удалится. Если за три минуты не подключится никто из тех, кто сейчас на связи, всё само вернётся "
            ru="${ru}как было."
            ;;
        which_container)
            en='Which of these servers should the bot take over, so that friends keep their files: %s (Enter: none, '
            en="${en}make a new one)"
            ru='Какой из этих серверов перенести, чтобы файлы друзей остались прежними: %s (Enter — никакой, '
            ru="${ru}создать новый)"
            ;;
        stay_or_move)
            en='Should %s stay in its container, so that you can go on using the AmneziaVPN app beside the bot? '
            en="${en}If not, it moves to this server itself; only there do speed limits work."
            ru='Оставить %s в контейнере, чтобы и дальше пользоваться приложением AmneziaVPN рядом с ботом? '
            ru="${ru}Если нет, сервер переедет из контейнера: только тогда работают ограничения скорости."
            ;;
        none_of_them) en='%s is none of them' ru='%s — не один из них' ;;
        the_takeover) en='The take-over' ru='Перенос' ;;
        what_stays_inside)
            en='The server stays in the container %s, and friends keep their files and connections. The bot adds its '
            en="${en}peers there and in the AmneziaVPN app's list, so you can go on using the app. For that, the part "
            en="${en}of the bot that has privileges gets access to docker, which is as much as root may do."
            ru='Сервер останется в контейнере %s, файлы и связь друзей не изменятся. Бот добавляет туда своих пиров и '
            ru="${ru}пишет их в список приложения AmneziaVPN, так что им можно пользоваться и дальше. Для этого часть "
            ru="${ru}бота, у которой есть права, получит доступ к docker, а это всё равно что права root."
            ;;
        stays_inside)
            en="The server stays in the container %s (%s there), which starts with the bot's peers"
            ru='Сервер остаётся в контейнере %s (там это %s) и запускается вместе с пирами бота'
            ;;
        container_stays)
            en='The container %s stays as it is, with all its peers and the list of the AmneziaVPN app.'
            ru='Контейнер %s остаётся как есть, со всеми пирами и списком приложения AmneziaVPN.'
            ;;
        inside_of_what)
            en='--stay-inside needs the container: --take-over NAME --stay-inside. To see its name: ./install.sh --look'
            ru='к --stay-inside нужен контейнер: --take-over ИМЯ --stay-inside. Как он называется: ./install.sh --look'
            ;;
        taken_before) en='%s was taken over before: it is %s' ru='%s уже перенесён: это %s' ;;
        has_own_server)
            en="this bot already looks after %s, and a bot looks after one server only. Nothing was changed. If no one "
            en="${en}needs that server any more, remove it with its friends: sudo ./install.sh uninstall --purge --vpn"
            ru='бот уже ведёт %s, а сервер у бота только один. Ничего не изменено. Если тот сервер больше никому не '
            ru="${ru}нужен, уберите его вместе с друзьями: sudo ./install.sh uninstall --purge --vpn"
            ;;
        interface_there)
            en='the interface %s already exists, and the server that is taken over needs a new one: --interface NAME'
            ru='интерфейс %s уже есть, а переносимому серверу нужен новый: --interface ИМЯ'
            ;;
        not_taken_over)
            en="the take-over didn't work, for the reason above. Fix that, then run this again"
            ru='перенести не удалось, причина выше. Исправьте это и запустите ещё раз'
            ;;
        takeover_stuck)
            en="that didn't work, for the reason above. Fix that, then run this again"
            ru='не вышло, причина выше. Исправьте это и запустите ещё раз'
            ;;
        nothing_taken)
            en='nothing was taken over here, so there is nothing to give back. What is here: sudo ./install.sh --look'
            ru='здесь ничего не переносили, возвращать нечего. Что здесь есть: sudo ./install.sh --look'
            ;;
        gives_back)
            en='%s is removed, and the container %s serves friends again, as before, with the files they have. Configs '
            en="${en}that the bot has made since then stop working."
            ru='%s будет убран, и друзья снова будут подключаться к контейнеру %s, как раньше и с теми же файлами. '
            ru="${ru}Конфиги, которые с тех пор создал бот, перестанут работать."
            ;;
        goes_back_too)
            en='%s goes back to its container %s, which serves friends as before. To keep it here: --no-give-back'
            ru='%s вернётся в свой контейнер %s, друзья снова подключатся к нему. Чтобы оставить здесь: --no-give-back'
            ;;
        the_give_back) en='The way back' ru='Возврат' ;;
        bot_without_interface)
            en='The bot has no interface now. To give it a new one: sudo ./install.sh; to remove it: '
            en="${en}sudo ./install.sh uninstall"
            ru='У бота теперь нет интерфейса. Чтобы создать новый: sudo ./install.sh; чтобы убрать бота: '
            ru="${ru}sudo ./install.sh uninstall"
            ;;

        # AmneziaWG
        or_plain)
            en='Or use plain WireGuard: sudo ./install.sh --plain'
            ru='Или возьмите обычный WireGuard: sudo ./install.sh --plain'
            ;;
        no_module)
            en="the kernel can't load the module amneziawg (Secure Boot? an old kernel? reboot after an update), and "
            en="${en}there is no amneziawg-go on the PATH. %s"
            ru='ядро не загружает модуль amneziawg (Secure Boot? старое ядро? после обновления перезагрузитесь), а '
            ru="${ru}программы amneziawg-go нет. %s"
            ;;
        no_headers)
            en='the archives no longer have headers for the running kernel %s. Type: apt-get full-upgrade, then reboot,'
            en="${en} then run this again. %s"
            ru='для работающего ядра %s в архивах уже нет заголовков. Наберите: apt-get full-upgrade, затем reboot, '
            ru="${ru}затем запустите ещё раз. %s"
            ;;
        no_key_in_file)
            en='no key can be read from AMNEZIAWG_KEY=%s: %s'
            ru='из AMNEZIAWG_KEY=%s ключ не прочитать: %s'
            ;;
        wrong_key)
            en="this isn't the key of AmneziaWG's makers: its fingerprint is %s, theirs is %s. Nothing from that "
            en="${en}archive was trusted or installed. %s"
            ru='это не ключ авторов AmneziaWG: его отпечаток %s, а их — %s. Этому архиву доверять нельзя, из него '
            ru="${ru}ничего не поставлено. %s"
            ;;
        no_key)
            en="the key of AmneziaWG's archive can't be fetched from %s: %s. Get the key %s elsewhere, and name its "
            en="${en}file: AMNEZIAWG_KEY=FILE. %s"
            ru='ключ архива AmneziaWG не получить с %s: %s. Возьмите ключ %s в другом месте и назовите файл: '
            ru="${ru}AMNEZIAWG_KEY=ФАЙЛ. %s"
            ;;
        older_suite)
            en='The AmneziaWG archive has nothing for %s yet: using %s, the nearest older release'
            ru='В архиве AmneziaWG пока нет %s: беру %s, ближайший прежний выпуск'
            ;;
        archive_written) en='Written: %s (%s, key %s)' ru='Записано: %s (%s, ключ %s)' ;;
        archive_failed)
            en="the archive %s can't be used: %s. If it can't be reached, name a mirror: AMNEZIAWG_ARCHIVE=https://… %s"
            ru='архивом %s не воспользоваться: %s. Если он недоступен, назовите зеркало: AMNEZIAWG_ARCHIVE=https://… %s'
            ;;

        # the steps, and what is said on the way
        the_beginning) en='the beginning' ru='начало' ;;
        this_installs)
            en='This installs system packages that are missing (Python, nftables and the like), the bot in %s '
            en="${en}with Python libraries of its own, settings in %s and data in %s. It adds a user andreyvpn, two "
            en="${en}services and the command andreyvpn."
            ru='Будут поставлены недостающие пакеты системы (Python, nftables и другие). Бот встанет в %s, с '
            ru="${ru}собственными библиотеками Python, настройки в %s, данные в %s. Появятся пользователь andreyvpn, "
            ru="${ru}две службы и команда andreyvpn."
            ;;
        this_uses)
            en='A WireGuard or AmneziaWG interface that is already here keeps its file; systemd loads the peers '
            en="${en}of the bot once it is up."
            ru='Готовый интерфейс WireGuard или AmneziaWG сохранит свой файл; пиров бота systemd загрузит, '
            ru="${ru}когда он поднимется."
            ;;
        this_makes)
            en="If there is none, this adds AmneziaWG's apt archive with its key, and apt's list of source "
            en="${en}packages for the kernel module. It installs AmneziaWG and the kernel headers, makes an "
            en="${en}interface, turns on forwarding, and adds one nft table, andreyvpn_IF: friends reach the "
            en="${en}internet and nothing else here."
            ru='Если его нет, добавятся архив apt проекта AmneziaWG с его ключом и список исходных пакетов для '
            ru="${ru}модуля ядра. Встанут AmneziaWG и заголовки ядра, появится интерфейс, включится пересылка и "
            ru="${ru}добавится одна таблица nft, andreyvpn_IF: друзьям открыт интернет и больше ничего здесь."
            ;;
        this_makes_plain)
            en="If there is none, this installs WireGuard from the system's packages, makes an interface, turns "
            en="${en}on forwarding, and adds one nft table, andreyvpn_IF: friends reach the internet and nothing "
            en="${en}else here."
            ru='Если его нет, из пакетов системы встанет WireGuard, появится интерфейс, включится пересылка и '
            ru="${ru}добавится одна таблица nft, andreyvpn_IF: друзьям открыт интернет и больше ничего здесь."
            ;;
        this_leaves)
            en='Existing firewall rules, sshd and other interfaces stay as they are. If ufw or docker would block '
            en="${en}friends, you are asked first."
            ru='Правила файрвола, sshd и другие интерфейсы не меняются. Если мешает ufw или docker, будет вопрос.'
            ;;
        go_on) en='Continue?' ru='Продолжить?' ;;
        nothing_changed) en='nothing was changed' ru='ничего не изменено' ;;
        the_packages) en='Packages' ru='Пакеты' ;;
        the_code) en="The bot's code" ru='Код бота' ;;
        the_settings) en='The settings' ru='Настройки' ;;
        the_interface) en='The interface' ru='Интерфейс' ;;
        the_service) en='The service' ru='Служба' ;;
        the_check) en='Check' ru='Проверка' ;;

        # firewalls that were here before
        the_firewall) en='The firewall' ru='Файрвол' ;;
        open_ufw)
            en='ufw is active and blocks all it has no rule for. Let friends in? (ufw allow %s/udp, ufw route allow '
            en="${en}in on %s out on %s)"
            ru='ufw включён и не пропускает незнакомое. Пропустить друзей? (ufw allow %s/udp, ufw route allow in on %s '
            ru="${ru}out on %s)"
            ;;
        open_docker)
            en="docker's firewall blocks what isn't docker's. Let friends' traffic from %s to %s through? (in "
            en="${en}DOCKER-USER)"
            ru='Файрвол docker не пропускает чужое. Пропустить трафик друзей с %s на %s? (в DOCKER-USER)'
            ;;
        rule_added) en='Added: %s' ru='Добавлено: %s' ;;
        rule_there) en='Already there: %s' ru='Уже было: %s' ;;
        rule_removed) en='Removed: %s' ru='Убрано: %s' ;;
        rule_failed)
            en='That failed: %s (%s). Type it yourself, then: andreyvpn check'
            ru='Не вышло: %s (%s). Наберите сами, потом: andreyvpn check'
            ;;
        docker_opened)
            en="Docker's firewall lets friends' traffic from %s to %s through while the interface is up: %s"
            ru='Файрвол docker пропускает трафик друзей с %s на %s, пока интерфейс включён: %s'
            ;;
        docker_closed)
            en="Removed: the rules for %s in docker's firewall"
            ru='Убрано: правила для %s в файрволе docker'
            ;;
        rules_stay)
            en='What was added to the firewall for the VPN stays with it: %s'
            ru='Добавленное в файрвол для VPN остаётся вместе с ним: %s'
            ;;
        fix_marked)
            en='Fix the lines marked ❌, then type: andreyvpn check'
            ru='Исправьте отмеченное ❌, затем наберите: andreyvpn check'
            ;;
        bot_does_not_start)
            en="the bot doesn't start. See: journalctl -u andreyvpn -n 20. Then run this again"
            ru='бот не запускается. Смотрите: journalctl -u andreyvpn -n 20. Потом запустите ещё раз'
            ;;
        the_end) en='Done' ru='Готово' ;;
        open_the_bot)
            en='Open the bot in Telegram and send /start. Friends do the same; you approve them there.'
            ru='Откройте бота в Telegram и отправьте /start. Друзья делают то же, а вы впускаете их там же.'
            ;;
        later)
            en='Later: andreyvpn check, andreyvpn --help, sudo ./install.sh update, sudo ./install.sh uninstall'
            ru='Потом: andreyvpn check, andreyvpn --help, sudo ./install.sh update, sudo ./install.sh uninstall'
            ;;

        # the update
        nothing_to_update)
            en='there is no installation to update. Type: sudo ./install.sh'
            ru='обновлять нечего. Наберите: sudo ./install.sh'
            ;;
        the_new_code) en='The new code' ru='Новый код' ;;
        the_switch) en='The switch' ru='Переключение' ;;
        updated)
            en='Updated. The old code is kept in %s, the database before it in %s'
            ru='Обновлено. Прежний код сохранён в %s, прежняя база — в %s'
            ;;
        going_back)
            en="Going back to the old code: the new one doesn't work here"
            ru='Назад к прежнему коду: новый здесь не работает'
            ;;
        old_does_not_start)
            en="the old code doesn't start either. See: journalctl -u andreyvpn"
            ru='прежний код тоже не запускается. Смотрите: journalctl -u andreyvpn'
            ;;
        update_failed)
            en='the update failed; the bot is running as before'
            ru='обновить не удалось; бот работает как прежде'
            ;;

        # the end of an installation
        this_removes) en='This removes the bot.' ru='Бот будет убран.' ;;
        vpn_goes)
            en='The VPN is removed as well: %s. Its key is lost, and every friend is cut off for good.'
            ru='Сам VPN тоже будет убран: %s. Его ключ пропадёт, все друзья будут отключены насовсем.'
            ;;
        vpn_stays)
            en='The VPN keeps working: approved friends stay in, blocked people stay out.'
            ru='VPN работает дальше: кто впущен, остаётся, кто заблокирован, не войдёт.'
            ;;
        data_goes)
            en='Settings, database and backups are removed as well.'
            ru='Настройки, база и копии тоже будут удалены.'
            ;;
        data_stays)
            en='Settings and data stay in %s and %s: sudo ./install.sh brings the bot back.'
            ru='Настройки и данные остаются в %s и %s: sudo ./install.sh вернёт бота.'
            ;;
        the_bot) en='The bot' ru='Бот' ;;
        the_vpn) en='The VPN' ru='VPN' ;;
        none_made)
            en='The installer made no interface here: existing ones stay.'
            ru='Установщик не создавал здесь интерфейса: те, что есть, остаются.'
            ;;
        fence_stays)
            en='The speed limits of %s could not be removed, so they stay until the next reboot: %s'
            ru='Ограничения скорости на %s не удалось убрать, они останутся до перезагрузки: %s'
            ;;
        vpn_too)
            en='Remove the VPN itself too, and cut every friend off for good? (interface %s)'
            ru='Убрать и сам VPN, навсегда отключив всех друзей? (интерфейс %s)'
            ;;
        still_runs)
            en='%s is still running: %s. Type: ip link delete %s'
            ru='%s всё ещё работает: %s. Наберите: ip link delete %s'
            ;;
        interface_removed)
            en='Removed: %s. No one can connect now.'
            ru='Удалён: %s. Никто больше не подключится.'
            ;;
        line_replaced)
            en="In %s, the line that loads the bot's peers now checks them first; everything else is as it was"
            ru='В %s строка, загружающая пиров бота, теперь сначала их проверяет; остальное как было'
            ;;
        peers_stay)
            en='Friends stay connected, after a reboot too: their peers are in %s. To end that: '
            en="${en}sudo ./install.sh uninstall --purge --vpn"
            ru='Друзья смогут подключаться и после перезагрузки: их пиры в %s. Чтобы это прекратить: '
            ru="${ru}sudo ./install.sh uninstall --purge --vpn"
            ;;
        peers_end)
            en='Once the interface is restarted, friends of the bot can no longer connect.'
            ru='После перезапуска интерфейса друзья бота больше не подключатся.'
            ;;
        *) en="install.sh has no text $1" ru=$en ;;
    esac
}
