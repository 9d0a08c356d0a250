"""The survey's messages in English and Russian. A command in `backticks` is shown without them, on one line."""

from __future__ import annotations

from collections.abc import Mapping

WORDS = {
    # the table
    "server": ("Server", "Сервер"),
    "made_with": ("Made with", "Откуда"),
    "protocol": ("Protocol", "Протокол"),
    "port": ("Port", "Порт"),
    "network": ("Network", "Сеть"),
    "peers": ("Peers", "Пиров"),
    "seen": ("30 d", "30 дн"),
    "legend": (
        "30 d: peers that connected in the last 30 days.",
        "30 дн: сколько пиров подключалось за последние 30 дней.",
    ),
    "at_least": (
        "+: or more. A restart makes a server forget who connected before, and this one seems to have been restarted "
        "within those days.",
        "+: или больше. После перезапуска сервер не помнит, кто подключался раньше, а этот, похоже, за эти дни "
        "перезапускали.",
    ),
    "by_its_list": (
        "What AmneziaVPN's own list says about earlier connections is included.",
        "Учтено и то, что о прежних подключениях записано в списке AmneziaVPN.",
    ),
    "this_bot": ("this bot", "этот бот"),
    "nothing": ("No VPN server was found here.", "Серверов VPN здесь не нашлось."),
    "next_step": (
        "To take one over from its container: `sudo ./install.sh --take-over SERVER`",
        "Чтобы перенести сервер из контейнера: `sudo ./install.sh --take-over СЕРВЕР`",
    ),
    # why something may be missing
    "no_docker": (
        "docker isn't installed, so there are no containers to look into.",
        "docker не установлен, значит, и контейнеров нет.",
    ),
    "docker_denied": (
        "docker refused to answer. To see the containers, type: `sudo ./install.sh --look`",
        "docker не отвечает без прав. Чтобы увидеть контейнеры, наберите: `sudo ./install.sh --look`",
    ),
    "docker_down": (
        "docker isn't running, so its containers can't be seen. Start it: `systemctl start docker`",
        "docker не запущен, и его контейнеры не видны. Запустите: `systemctl start docker`",
    ),
    "docker_silent": (
        "docker gave no answer in time, so its containers can't be seen. See: `docker ps`",
        "docker не ответил вовремя, и его контейнеры не видны. Проверьте: `docker ps`",
    ),
    "docker_stuck": (
        "docker stopped answering, so some of its containers may be missing here. See: `docker ps`",
        "docker перестал отвечать, поэтому здесь могут быть не все контейнеры. Проверьте: `docker ps`",
    ),
    "docker_failed": (
        "docker answered with an error, so its containers can't be seen. See: `docker ps`",
        "docker ответил ошибкой, и его контейнеры не видны. Проверьте: `docker ps`",
    ),
    "not_root_at_all": (
        "Without root only a part can be seen. To see everything, type: `sudo ./install.sh --look`",
        "Без прав root видно не всё. Чтобы увидеть остальное, наберите: `sudo ./install.sh --look`",
    ),
    # a server's state and faults
    "stopped": ("not running", "не работает"),
    "not_for_friends": (
        "connects this server to another one (WARP, another VPN, a link between sites): not for friends",
        "соединяет этот сервер с другим (WARP, чужой VPN, связь между сетями): не для друзей",
    ),
    "not_root": ("only root can read it", "прочитать может только root"),
    "no_inspect": ("docker can't describe the container", "docker не может описать контейнер"),
    "no_folder": (
        "the files in the container can't be read, or are larger than 32 MB",
        "файлы в контейнере не читаются, или они больше 32 МБ",
    ),
    "no_file": ("the settings file can't be read", "файл с настройками не читается"),
    "too_large": ("the settings file is larger than 8 MB", "файл с настройками больше 8 МБ"),
    "cut_short": (
        "the settings file is too long, and only the beginning was read",
        "файл с настройками слишком длинный, прочитано только начало",
    ),
    "tool_failed": (
        "running, but awg or wg doesn't show it: what the files say is shown",
        "работает, но awg или wg ничего о нём не говорит: показано то, что в файлах",
    ),
    "bad_names": ("the list of names can't be read", "список имён не читается"),
    "bad_list": ("wg-easy's list of clients can't be read in full", "список клиентов wg-easy читается не весь"),
    "bad_peers": (
        "some peers have no valid key and are left out",
        "у части пиров нет верного ключа, они пропущены",
    ),
    "bad_parameters": (
        "some obfuscation parameters can't be understood",
        "часть параметров маскировки непонятна",
    ),
    "no_key": ("the private key can't be read", "закрытый ключ не читается"),
    "no_port": ("no fixed port", "нет постоянного порта"),
    "no_address": ("no address", "нет адреса"),
    "shared_address": (
        "several peers have the same address, and only one of them can connect",
        "у нескольких пиров один и тот же адрес, подключиться может лишь один из них",
    ),
    "bare_peers": (
        "some peers have no address and can't connect",
        "у части пиров нет адреса, подключиться они не могут",
    ),
}
MAKERS = {
    "amnezia": "AmneziaVPN",
    "wg-easy-14": "wg-easy 14",
    "wg-easy-15": "wg-easy 15",
    "wg-easy": "wg-easy",
    "wireguard-ui": "wireguard-ui",
    "angristan": "angristan",
    "angristan-awg": "amneziawg-install",
    "nyr": "Nyr",
    "pivpn": "PiVPN",
    "bivlked": "bivlked",
    "wg-quick": "wg-quick",
    "awg-quick": "awg-quick",
    "": "—",
}


def is_russian(environment: Mapping[str, str]) -> bool:
    """Return True if the terminal speaks Russian, judged as in words.sh."""
    locale = next(filter(None, (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return locale.startswith("ru")


def word(key: str, russian: bool) -> str:
    """Return a text in one of the languages."""
    return WORDS[key][russian]


def maker(made_with: str, russian: bool) -> str:
    """Return the name of the installer that made a server."""
    return word("this_bot", russian) if made_with == "bot" else MAKERS[made_with]
