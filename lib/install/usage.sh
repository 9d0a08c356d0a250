# shellcheck shell=sh disable=SC2034,SC2154 # the parts of install.sh share their variables
# How install.sh is used, in both languages.

usage() {
    if russian; then
        cat <<'TEXT'
Как пользоваться:
       ./install.sh demo [--port N]    попробовать всё в браузере, без токена и root
                         [--real]       на настоящем интерфейсе в отдельном сетевом пространстве (root)
       ./install.sh test [ARGUMENTS]   проверить всё (меньше получаса); ARGUMENTS достаются pytest
       ./install.sh test quick         проверить то, что быстро (несколько минут): стиль, типы, отдельные части
       ./install.sh bench [--json FILE] [WORD...]
                                       измерить скорость и память; со словами — только то, где они есть в названии
       sudo ./install.sh [OPTIONS]     установить на этот сервер или починить установку
       sudo ./install.sh --look        показать, какие серверы VPN здесь уже есть; ничего не менять
       sudo ./install.sh --take-over NAME [OPTIONS]
                                       перенести сервер из контейнера NAME на этот сервер: файлы друзей остаются
       sudo ./install.sh --take-over NAME --stay-inside [OPTIONS]
                                       оставить сервер в контейнере: бот работает рядом с приложением AmneziaVPN,
                                       но без ограничений скорости
       sudo ./install.sh give-back [--yes]
                                       вернуть перенесённый сервер в его контейнер, как было
       sudo ./install.sh update        поставить этот код рядом с прежним и вернуться, если он не заработает
       sudo ./install.sh uninstall [--purge] [--vpn] [--no-give-back] [--yes]
                                       убрать бота; --purge: вместе с настройками и данными; --vpn: вместе с
                                       интерфейсом, который создал установщик. Без --vpn VPN остаётся.
                                       Перенесённый сервер вернётся в контейнер, если нет --no-give-back
Параметры; чего не хватает, установщик спросит, если этого нет в прежней установке:
       --token TOKEN        токен бота от @BotFather         (или экспортированный BOT_TOKEN, sudo -E)
       --admin ID[,ID]      Telegram id администраторов      (или ADMIN_IDS)
       --endpoint HOST      как друзья попадают на сервер    (или SERVER_ENDPOINT)
       --interface NAME     взять этот интерфейс WireGuard или AmneziaWG или так назвать новый
       --plain              обычный WireGuard из пакетов системы вместо AmneziaWG
       --port N             порт UDP нового интерфейса (51820)
       --awg 2.0|3.1        маскировка нового интерфейса: 2.0 знают почти все приложения, 3.1 — только новейшие
       --yes                ни о чём не спрашивать: если чего-то не хватает и не угадать, это ошибка
Переменные окружения, если до Telegram или до пакетов AmneziaWG не достучаться:
       TELEGRAM_PROXY       http://…, TELEGRAM_API: https://…
       AMNEZIAWG_ARCHIVE    зеркало https://ppa.launchpadcontent.net/amnezia/ppa/ubuntu
       AMNEZIAWG_KEY        файл с ключом этого архива, если сервер ключей недоступен
TEXT
        return
    fi
    cat <<'TEXT'
Usage: ./install.sh demo [--port N]    try everything in a browser, without a token or root
                         [--real]       on a real interface in a network namespace of its own (root)
       ./install.sh test [ARGUMENTS]   check everything (about 17 minutes); ARGUMENTS go to pytest
       ./install.sh test quick         check what is quick (a few minutes): style, types, single parts
       ./install.sh bench [--json FILE] [WORD...]
                                       measure speed and memory; with words, only what has one in its name
       sudo ./install.sh [OPTIONS]     install on this server, or repair an installation
       sudo ./install.sh --look        show which VPN servers are here already; change nothing
       sudo ./install.sh --take-over NAME [OPTIONS]
                                       move the server in the container NAME to this server: friends keep their files
       sudo ./install.sh --take-over NAME --stay-inside [OPTIONS]
                                       leave the server in its container: the bot works beside the AmneziaVPN app,
                                       without speed limits
       sudo ./install.sh give-back [--yes]
                                       give a server that was taken over back to its container, as it was
       sudo ./install.sh update        install this code beside the old one, and go back if it fails
       sudo ./install.sh uninstall [--purge] [--vpn] [--no-give-back] [--yes]
                                       remove the bot; --purge: settings and data too; --vpn: the interface too,
                                       if the installer made it. Without --vpn the VPN stays.
                                       A server that was taken over goes back unless you add --no-give-back
Options; you're asked for whatever is left out, unless an earlier installation knows it:
       --token TOKEN        the bot's token from @BotFather          (or BOT_TOKEN, exported, with sudo -E)
       --admin ID[,ID]      Telegram ids of the admins               (or ADMIN_IDS)
       --endpoint HOST      how friends reach this server            (or SERVER_ENDPOINT)
       --interface NAME     use this WireGuard or AmneziaWG interface, or give a new one this name
       --plain              plain WireGuard from the system's packages instead of AmneziaWG
       --port N             UDP port of a new interface (51820)
       --awg 2.0|3.1        obfuscation of a new interface: most apps know 2.0, only the newest know 3.1
       --yes                ask nothing: whatever is missing and can't be guessed is an error
In the environment, if Telegram or the AmneziaWG packages can't be reached:
       TELEGRAM_PROXY       http://…, TELEGRAM_API: https://…
       AMNEZIAWG_ARCHIVE    a mirror of https://ppa.launchpadcontent.net/amnezia/ppa/ubuntu
       AMNEZIAWG_KEY        a file with the key of that archive, if no keyserver answers
TEXT
}
