"""The messages of a take-over in English and Russian; install.sh sets the language in LANGUAGE."""

from __future__ import annotations

import os
import sys

TEXTS = {
    # refusals, before anything is changed
    "not_found": (
        "there is no server {name} here. Containers found: {others}. To see more: ./install.sh --look",
        "сервера {name} здесь нет. Найдены контейнеры: {others}. Подробнее: ./install.sh --look",
    ),
    "none_found": (
        "no VPN server was found in a container here, so {name} can't be taken over. Is docker running? "
        "To set up a new server: sudo ./install.sh",
        "контейнеров с VPN здесь не видно, поэтому {name} не перенести. Работает ли docker? "
        "Чтобы создать новый сервер: sudo ./install.sh",
    ),
    "is_of_the_host": (
        "{interface} is an interface of this server already, so it needs no take-over. "
        "Type: sudo ./install.sh --interface {interface}",
        "{interface} и так интерфейс этого сервера, переносить его не нужно. "
        "Наберите: sudo ./install.sh --interface {interface}",
    ),
    "not_readable": (
        "the key, the port or the network of {name} can't be read. Start the container, then run this again",
        "у {name} не прочитать ключ, порт или сеть. Запустите контейнер и попробуйте ещё раз",
    ),
    "docker_refuses": (
        "docker refuses: {detail}. Run this as root on the server itself, with docker running",
        "docker отказывает: {detail}. Запустите от root на самом сервере, при работающем docker",
    ),
    "goes_when_stopped": (
        "{name} was started with --rm, so stopping it would delete it, and there would be no way back. "
        "Start it anew without --rm, then run this again",
        "{name} запущен с --rm: если его остановить, он удалится, и пути назад не будет. "
        "Запустите его заново без --rm и попробуйте ещё раз",
    ),
    "in_swarm": (
        "{name} belongs to a swarm, which would start another one in its place. Scale that service to 0, "
        "start the container with docker run, then run this again",
        "{name} — часть swarm, и вместо него сразу запустился бы другой. Уменьшите этот сервис до 0, "
        "запустите контейнер через docker run и попробуйте ещё раз",
    ),
    "shows_nothing": (
        "{name} runs, but its tool doesn't say who is online, so there'd be no way to tell whether friends come back. "
        "Restart it (docker restart {name}) or stop it (docker stop {name}), then run this again",
        "{name} работает, но не показывает, кто на связи, и не понять, вернулись ли друзья. "
        "Перезапустите его (docker restart {name}) или остановите (docker stop {name}) и попробуйте ещё раз",
    ),
    "several_ports": (
        "{name} is reached by several ports ({ports}), and friends' files may name any of them. "
        "Start it with one port, then run this again",
        "у {name} несколько портов ({ports}), и в файлах друзей может быть любой. "
        "Запустите его с одним портом и попробуйте ещё раз",
    ),
    "host_network": (
        "{name} uses this server's own network, so {interface} is an interface of the host already. "
        "Stop the container for good, or use it as it is: sudo ./install.sh --interface {interface}",
        "{name} работает прямо в сети сервера: {interface} и так его интерфейс. "
        "Возьмите его как есть: sudo ./install.sh --interface {interface}",
    ),
    "not_published": (
        "docker publishes no UDP port for {name} (port {port} inside), so friends can't be using it. "
        "Start the container with -p {port}:{port}/udp, then run this again",
        "docker не открывает порт UDP для {name} (внутри это {port}), значит, друзья через него не ходят. "
        "Запустите контейнер с -p {port}:{port}/udp и попробуйте ещё раз",
    ),
    "port_is_taken": (
        "UDP port {port} is used by {holder}, not by docker. Stop that program, then run this again",
        "порт UDP {port} занят не docker, а другой программой: {holder}. Остановите её и попробуйте ещё раз",
    ),
    "network_is_used": (
        "friends' network {network} is used on this server for something else ({other}). "
        "Remove that address or route, then run this again",
        "сеть друзей {network} на этом сервере уже занята другим ({other}). "
        "Уберите этот адрес или маршрут и попробуйте ещё раз",
    ),
    "peer_takes_all": (
        "a peer of the container takes all traffic ({peer}, {network}), and with it this server would lose its own "
        "connection. Give that peer a network of its own in the container, then run this again",
        "один из пиров контейнера забирает весь трафик ({peer}, {network}), и с ним сервер потерял бы связь. "
        "Дайте этому пиру в контейнере свою сеть и попробуйте ещё раз",
    ),
    "no_space": (
        "only {free} MB are free in {place}, and {needed} MB are needed. Free some space, then run this again",
        "в {place} свободно {free} МБ, а нужно {needed}. Освободите место и попробуйте ещё раз",
    ),
    "wrong_protocol": (
        "this server doesn't speak the container's protocol, AmneziaWG {version} ({tool}: {detail}). "
        "Update amneziawg here (sudo apt update && sudo apt full-upgrade, then reboot), then run this again",
        "этот сервер не понимает протокол контейнера, AmneziaWG {version} ({tool}: {detail}). "
        "Обновите здесь amneziawg (sudo apt update && sudo apt full-upgrade, потом reboot) и попробуйте ещё раз",
    ),
    "wrong_plain_protocol": (
        "this server can't run the container's WireGuard ({tool}: {detail}). "
        "Update the system (sudo apt update && sudo apt full-upgrade, then reboot), then run this again",
        "этот сервер не может запустить WireGuard контейнера ({tool}: {detail}). "
        "Обновите систему (sudo apt update && sudo apt full-upgrade, потом reboot) и попробуйте ещё раз",
    ),
    "another_taken": (
        "{container} has been taken over already, and a bot looks after one server only. "
        "To give it back first: sudo ./install.sh give-back",
        "{container} уже перенесён, а сервер у бота только один. Сначала верните его: sudo ./install.sh give-back",
    ),
    "nothing_taken": (
        "nothing was taken over here, so there is nothing to give back",
        "здесь ничего не переносили, возвращать нечего",
    ),
    "file_there": (
        "{conf} already exists. Choose another name: --interface NAME",
        "{conf} уже есть. Выберите другое имя: --interface ИМЯ",
    ),
    "taken_not_inside": (
        "{container} has been taken over: it is {interface} now. To let it stay in its container, give it back first: "
        "sudo ./install.sh give-back",
        "{container} уже перенесён, теперь это {interface}. Чтобы он остался в контейнере, сначала верните его: "
        "sudo ./install.sh give-back",
    ),
    "inside_other_maker": (
        "{name} wasn't made by the AmneziaVPN app, and the bot can keep only that app's files up to date. "
        "Take it over without --stay-inside",
        "{name} создан не приложением AmneziaVPN, а бот умеет вести только его файлы. Перенесите его без --stay-inside",
    ),
    "inside_needs_docker": (
        "the bot can stay inside a container only with docker below /usr (found: {program}), not with podman or snap. "
        "Take {name} over without --stay-inside",
        "остаться внутри контейнера бот может только с docker из /usr (найден: {program}), не с podman и не со snap. "
        "Перенесите {name} без --stay-inside",
    ),
    "inside_not_running": (
        "{name} isn't running. Type: docker start {name}, then run this again",
        "{name} не запущен. Наберите: docker start {name} и попробуйте ещё раз",
    ),
    "inside_no_interface": (
        "{interface} isn't running in {name}. Type: docker restart {name}, then run this again",
        "{interface} в {name} не работает. Наберите: docker restart {name} и попробуйте ещё раз",
    ),
    "inside_lacks": (
        "{name} lacks what the bot needs there: {programs}. Take it over without --stay-inside",
        "в {name} нет того, что нужно боту: {programs}. Перенесите его без --stay-inside",
    ),
    "failed": ("{detail}", "{detail}"),
    # the take-over
    "prepared": (
        "{container}: {peers} peers, UDP port {port}. A copy of the server is in {folder}",
        "{container}: пиров {peers}, порт UDP {port}. Копия сервера — в {folder}",
    ),
    "disabled": (
        "Disabled or expired in the container, so they can't connect here either: {count}",
        "В контейнере выключены или с истёкшим сроком, поэтому не подключатся и здесь: {count}",
    ),
    "stopped_and_up": (
        "{container} is stopped, and {interface} has taken its place",
        "{container} остановлен, его место занял {interface}",
    ),
    "waiting_for_friends": (
        "Waiting for friends who were online ({count}), up to {seconds} s…",
        "Жду тех, кто был на связи ({count}), не дольше {seconds} с…",
    ),
    "friends_came": (
        "Back after {seconds} s: {count} of {all}",
        "Снова на связи через {seconds} с: {count} из {all}",
    ),
    "taken": (
        "Taken over: {container} is {interface} now. Friends' files stay as they are. "
        "To go back: sudo ./install.sh give-back",
        "Готово: {container} теперь работает как {interface}. Файлы друзей остаются прежними. "
        "Чтобы вернуть как было: sudo ./install.sh give-back",
    ),
    # the rollback
    "going_back": ("Going back to the container: {why}", "Возвращаю контейнер: {why}"),
    "did_not_start": ("the interface didn't start ({detail})", "интерфейс не запустился ({detail})"),
    "does_not_listen": (
        "{interface} can't get UDP port {port}",
        "{interface} не может занять порт UDP {port}",
    ),
    "nobody_knows": (
        "{container} doesn't say who is online ({detail}), so nothing was stopped",
        "{container} не показывает, кто на связи ({detail}), поэтому ничего не остановлено",
    ),
    "not_finished": (
        "friends are on {interface}, but docker doesn't know yet ({detail}). This is tried again by itself",
        "друзья уже на {interface}, но docker об этом не узнал ({detail}). Попытки продолжатся сами",
    ),
    "nobody_came": (
        "none of the {count} friends who were online connected within {seconds} s. "
        "Perhaps a firewall blocks the port; docker had opened it by itself",
        "из тех, кто был на связи ({count}), за {seconds} с никто не подключился. "
        "Возможно, порт закрыт файрволом: раньше его открывал сам docker",
    ),
    "was_interrupted": ("the take-over was interrupted", "перенос был прерван"),
    "counters": (
        "Since it started, {interface} has carried {down} MB to friends and {up} MB from them",
        "За время работы {interface} передал друзьям {down} МБ и получил от них {up} МБ",
    ),
    "unknown_to_container": (
        "Configs that the bot has made since then stop working, because the container doesn't know them ({count}): "
        "{addresses}",
        "Конфиги, которые с тех пор создал бот, больше не работают: контейнер их не знает ({count}): {addresses}",
    ),
    "known_to_container": (
        "Blocked, paused or removed here since then, but the container lets them in again ({count}): {names}",
        "Здесь с тех пор заблокированы, на паузе или убраны, но контейнер снова их пустит ({count}): {names}",
    ),
    "container_does_not_start": ("The container doesn't start: {detail}", "Контейнер не запускается: {detail}"),
    "interface_goes_on": (
        "friends stay on {interface}. Repair the container, then type: sudo ./install.sh give-back",
        "друзья остаются на {interface}. Почините контейнер, потом наберите: sudo ./install.sh give-back",
    ),
    "given_back": (
        "{container} serves friends again, as before. What went through {interface} is in {folder}",
        "Друзья снова подключаются к {container}, как раньше. Что прошло через {interface}, записано в {folder}",
    ),
    "undone": (
        "The take-over was undone: {container} serves friends as before, with their present files",
        "Перенос отменён: друзья подключаются к {container}, как раньше, файлы у них прежние",
    ),
    "container_fails_too": (
        "the container doesn't come back ({detail}). Repair it, then type: sudo ./install.sh give-back",
        "контейнер не возвращается ({detail}). Почините его, потом наберите: sudo ./install.sh give-back",
    ),
}


def text(key: str, **values: object) -> str:
    """Return a message in the terminal's language."""
    english, russian = TEXTS[key]
    return (russian if os.environ.get("LANGUAGE") == "ru" else english).format(**values)


def tell(key: str, **values: object) -> None:
    """Print a message. If the terminal is gone, because it was connected through the tunnel, carry on without it."""
    try:
        sys.stdout.write(text(key, **values) + "\n")
        sys.stdout.flush()
    except OSError:  # else Python's flush at exit would fail too, and look like a failed take-over
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
