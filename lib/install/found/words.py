"""What the look around says, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping

WORDS = {
    # the table
    "server": ("Server", "Сервер"),
    "made_by": ("Made by", "Чей"),
    "protocol": ("Protocol", "Протокол"),
    "port": ("Port", "Порт"),
    "network": ("Network", "Сеть"),
    "peers": ("Peers", "Пиров"),
    "seen": ("30 d", "30 дн"),
    "legend": (
        "30 d: peers that connected in the last 30 days, counted since the server was last started",
        "30 дн: пиры, которые подключались за последние 30 дней, считая с последнего запуска сервера",
    ),
    "host": ("this server", "этот сервер"),
    "nothing": ("No VPN server was found here.", "Серверов VPN здесь не нашлось."),
    # why something may be missing
    "no_docker": (
        "docker isn't installed, so there are no containers to look into.",
        "docker не установлен, значит, и контейнеров нет.",
    ),
    "docker_denied": (
        "docker refused to answer. To see the containers, type: sudo ./install.sh --look",
        "docker не отвечает без прав. Чтобы увидеть контейнеры, наберите: sudo ./install.sh --look",
    ),
    "docker_down": (
        "docker isn't running, so its containers can't be seen. Start it: systemctl start docker",
        "docker не запущен, и его контейнеры не видны. Запустите: systemctl start docker",
    ),
    "docker_silent": (
        "docker gave no answer in time, so its containers can't be seen. See: docker ps",
        "docker не ответил вовремя, и его контейнеры не видны. Проверьте: docker ps",
    ),
    "docker_failed": (
        "docker answered with an error, so its containers can't be seen. See: docker ps",
        "docker ответил ошибкой, и его контейнеры не видны. Проверьте: docker ps",
    ),
    "not_root_at_all": (
        "Without root only a part can be seen. To see everything, type: sudo ./install.sh --look",
        "Без прав root видно не всё. Чтобы увидеть остальное, наберите: sudo ./install.sh --look",
    ),
    # a server's state and faults
    "stopped": ("it isn't running", "не работает"),
    "not_for_friends": (
        "it connects this server to another one (WARP, another VPN, a link between sites): not for friends",
        "соединяет этот сервер с другим (WARP, чужой VPN, связь между сетями): не для друзей",
    ),
    "not_root": ("reading it takes root", "прочитать его может только root"),
    "no_inspect": ("docker can't describe the container", "docker не может описать контейнер"),
    "no_folder": (
        "the files in the container can't be read, or are larger than 32 MB",
        "файлы в контейнере не читаются, или они больше 32 МБ",
    ),
    "no_file": ("its settings file can't be read", "файл с его настройками не читается"),
    "too_large": ("its settings file is larger than 8 MB", "файл с его настройками больше 8 МБ"),
    "tool_failed": (
        "it is running, but its tool (awg or wg) doesn't show it: what its files say is shown",
        "он работает, но его утилита (awg или wg) его не показывает: показано то, что в файлах",
    ),
    "bad_names": ("the list of names can't be read", "список имён не читается"),
    "bad_list": ("wg-easy's list of clients can't be read in full", "список клиентов wg-easy читается не весь"),
    "bad_peers": (
        "some of its peers have no valid key and are left out",
        "у части пиров нет верного ключа, они пропущены",
    ),
    "bad_parameters": (
        "some of its obfuscation parameters can't be understood",
        "часть параметров маскировки непонятна",
    ),
    "no_key": ("its private key can't be read", "его закрытый ключ не читается"),
    "no_port": ("it has no fixed port", "у него нет постоянного порта"),
    "no_address": ("it has no address", "у него нет адреса"),
    "shared_address": (
        "several peers have the same address, and only one of them can connect",
        "у нескольких пиров один и тот же адрес, подключиться может лишь один из них",
    ),
    "bare_peers": (
        "some peers have no address and can't connect",
        "у части пиров нет адреса, подключиться они не могут",
    ),
}
MAKERS = {"amnezia": "AmneziaVPN", "wg-easy-14": "wg-easy 14", "wg-easy-15": "wg-easy 15"}


def is_russian(environment: Mapping[str, str]) -> bool:
    """Return True if the terminal speaks Russian, judged as in words.sh."""
    locale = next(filter(None, (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return locale.startswith("ru")


def word(key: str, russian: bool) -> str:
    """Return a text in one of the languages."""
    return WORDS[key][russian]


def maker(kind: str, russian: bool) -> str:
    """Return who made a server of a kind."""
    if kind == "host":
        return word("host", russian)
    return MAKERS["amnezia"] if kind.startswith("amnezia") else MAKERS[kind]
