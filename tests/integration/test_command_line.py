"""The command line for the day when Telegram is out of reach: the same decisions and rows; check tells the truth."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from lib.store.backup import check_backup
from lib.vpn.qr import encode, to_text
from tests.company import FRIEND, ROOT, Company
from tests.needs import need_tools
from tests.stand import Stand


def type_in(company: Company, *words: str, code: int = 0, **settings: str) -> str:
    """Run a command beside the bot, with its settings or others; return what it prints."""
    command = [sys.executable, str(ROOT / "andreyvpn_bot.py"), *words]
    environment = {**company.environment, **settings}
    done = subprocess.run(command, env=environment, cwd=company.folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_it_works(company: Company) -> None:
    company.knock(company.friend)
    assert f"Anna ({FRIEND}): approve person {FRIEND}" in type_in(company, "requests")
    assert "Done: Anna, approved." in type_in(company, "approve", "person", str(FRIEND))
    company.friend.wait_for("You're in")
    company.ask(company.friend)
    assert "Anna, iPhone: approve request 1" in type_in(company, "requests")
    assert "Готово: Anna, iPhone, одобрено." in type_in(company, "approve", "request", "1", LANGUAGE="ru")
    company.friend.wait_for(predicate=lambda message: "document" in message)
    assert "No one is waiting" in type_in(company, "requests")
    for language, columns in (
        ("en", (r"ID +State +Configs +This month +Name", rf"{FRIEND} +approved +1 +\S+ \S+ +Anna")),
        ("ru", (r"ID +Состояние +Конфиги +За месяц +Имя", rf"{FRIEND} +доступ есть +1 +\S+ \S+ +Anna")),
    ):
        shown = type_in(company, "users", LANGUAGE=language)
        assert [bool(re.search(column, shown)) for column in columns] == [True, True], shown
    assert "Peers: 1" in type_in(company, "status")
    type_in(company, "block", str(FRIEND))
    company.wait(lambda: company.interface.peers() == {}, what="the cut")
    company.friend.wait_for("The admin blocked you")
    assert "Done: Anna, unblocked." in type_in(company, "unblock", str(FRIEND))
    company.wait(lambda: len(company.interface.peers()) == 1, what="the return")


def test_a_block_works_while_telegram_is_out_of_reach(company: Company) -> None:
    company.let_in(company.friend)
    company.give_config(company.friend)
    with company.stand.down():
        type_in(company, "block", str(FRIEND))
        company.wait(lambda: company.interface.peers() == {}, what="the cut")
    company.friend.wait_for("The admin blocked you", timeout=60)


def test_a_config_is_issued_while_telegram_is_out_of_reach(company: Company) -> None:
    file = company.folder / "grandma.conf"
    company.interface.run("demo", "offline", "all")
    with company.stand.down():
        shown = type_in(company, "issue", "Grandma", "--file", str(file), "--qr", COLUMNS="200")
        assert "To: Grandma, device: Android" in shown
        assert file.stat().st_mode & 0o777 == 0o600
        conf = file.read_text()
        assert conf.startswith("[Interface]")
        assert to_text(encode(conf.encode())) in shown, "the code is that of the file"
        (key,) = company.rows("SELECT public_key FROM configs")[0]
        assert [*company.interface.peers()] == [key]
        assert "stays as it is" in type_in(company, "issue", "Grandma", "--file", str(file), code=2)
        assert conf in type_in(company, "issue", "Grandma", "--file", "-"), "until it has connected, it is the same one"
        assert conf not in type_in(company, "issue", "Grandma"), "no key goes where nobody asked for it"
        assert "this terminal has 40" in type_in(company, "issue", "Grandma", "--qr", code=1, COLUMNS="40")
        latin = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin1", "COLUMNS": "200"}
        assert "can't draw a QR code" in type_in(company, "issue", "Grandma", "--qr", code=1, **latin)
        assert [*company.interface.peers()] == [key]
        type_in(company, "issue", "Grandma", "--platform", "mac")
        assert len(company.interface.peers()) == 2
        company.interface.run("demo", "online", key)
        connected = "SELECT connected_at FROM configs WHERE connected_at IS NOT NULL"
        company.wait(lambda: company.rows(connected), what="the first handshake")
        assert conf not in type_in(company, "issue", "Grandma", "--file", "-"), "that one is in use: it is another one"
        assert len(company.interface.peers()) == 3
        assert re.search("-1 +approved +3 ", type_in(company, "users"))
        type_in(company, "block", "-1")
        company.wait(lambda: company.interface.peers() == {}, what="the cut")
    company.admin.wait_for("Grandma", lambda message: "document" in message, timeout=60)


def test_a_config_that_is_issued_without_a_running_bot_waits_for_it(company: Company) -> None:
    company.stop()
    assert "Start it: systemctl start andreyvpn" in type_in(company, "issue", "Grandma", code=1)
    assert "Start it: systemctl start andreyvpn" in type_in(company, "issue", "Grandma", code=1)
    company.start()
    assert "[Interface]" in type_in(company, "issue", "Grandma", "--file", "-")
    assert company.rows("SELECT count(*) FROM configs") == [(1,)]
    assert "1 to 32 characters" in type_in(company, "issue", "…", code=1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("block", "77"), "No one has the id 77"),
        (("approve", "request", "77"), "no longer there"),
        (("unblock", "100"), "Anna, approved"),
        (("block", "1"), "only ADMIN_IDS"),
    ],
)
def test_what_can_not_be_done_is_refused_in_words(company: Company, words: tuple[str, ...], said: str) -> None:
    company.let_in(company.friend)
    assert said in type_in(company, *words, code=1)


def type_alone(folder: Path, *words: str, **settings: str) -> tuple[int, str]:
    """Run a command without a bot, with only these settings; return its exit code and output."""
    command = [sys.executable, str(ROOT / "andreyvpn_bot.py"), *words]
    environment = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", **settings}
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("words", "code"), [((), 2), (("status",), 2), (("run",), 2), (("check",), 1)])
def test_without_settings_it_says_where_they_belong_and_how_to_get_them(
    tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    for language, said in (("C", "These settings are missing"), ("ru_RU", "Не хватает настроек")):
        done, shown = type_alone(tmp_path, *words, LANG=f"{language}.UTF-8")
        assert done == code
        assert f"{said}: BOT_TOKEN, ADMIN_IDS, SERVER_ENDPOINT" in shown
        for name in ("--env FILE", "@BotFather", "/newbot", "admin", "203.0.113.7", "demo", "install.sh"):
            assert name in shown
    assert list(tmp_path.iterdir()) == []


def test_check_goes_on_with_what_needs_no_settings(tmp_path: Path) -> None:
    _, shown = type_alone(tmp_path, "check", LANG="C")
    for thing in ("The interface can't be used", "Free on the disk", "The clock says", "There is no database"):
        assert thing in shown
    assert "Telegram knows" not in shown
    _, shown = type_alone(tmp_path, "check", LANG="C", BOT_TOKEN="1:abcdefghijkl", TELEGRAM_API="http://127.0.0.1:9")
    assert "are missing: ADMIN_IDS, SERVER_ENDPOINT" in shown
    assert "Telegram isn't answering" in shown, "a token is enough to ask"


def test_a_setting_that_does_not_exist_is_answered_with_the_one_that_was_meant(tmp_path: Path) -> None:
    (tmp_path / "bot.env").write_text("LANGAUGE=ru\n")
    _, shown = type_alone(tmp_path, "--env", "bot.env", "check", LANG="C")
    assert "bot.env, line 1: unknown setting 'LANGAUGE'; did you mean LANGUAGE?" in shown
    _, shown = type_alone(tmp_path, "--env", "bot.env", "status", LANG="ru_RU.UTF-8")
    assert "bot.env, строка 1: настройки LANGAUGE нет. Может быть, LANGUAGE?" in shown


def test_a_file_that_is_not_there_is_named_once(tmp_path: Path) -> None:
    _, shown = type_alone(tmp_path, "--env", "/nonexist", "check", LANG="C")
    assert "❌ /nonexist: can't be read: there is no such file or folder\n" in shown
    assert shown.count("/nonexist") == 1


@pytest.mark.parametrize(
    "words", [("status",), ("users",), ("requests",), ("backup", "copy.db"), ("block", "7"), ("check",)], ids=" ".join
)
def test_no_command_creates_a_database(tmp_path: Path, words: tuple[str, ...]) -> None:
    good = {"BOT_TOKEN": "1:abcdefghijkl", "ADMIN_IDS": "1", "SERVER_ENDPOINT": "127.0.0.1"}
    good["TELEGRAM_API"] = "http://127.0.0.1:9"
    for language, said in (("en", "There is no database at"), ("ru", "ещё нет")):
        code, shown = type_alone(tmp_path, *words, **good, LANGUAGE=language)
        assert (code, said in shown) == (1, True), shown
    assert list(tmp_path.iterdir()) == []


def test_status_tells_a_bot_that_is_not_running_from_one_that_is(company: Company) -> None:
    assert "not running" not in type_in(company, "status")
    company.wait(lambda: "Peers: 0" in type_in(company, "status"), what="a look at the interface")
    company.stop()
    shown = type_in(company, "status")
    assert shown.startswith("❌ The bot is not running. Start it: systemctl start andreyvpn")
    assert "Peers: 0" in shown
    assert type_in(company, "status", LANGUAGE="ru").startswith("❌ Бот не запущен")
    company.start()
    assert "not running" not in type_in(company, "status")


@pytest.mark.parametrize("words", [("whoami",), ("admin",)])
def test_a_token_that_is_missing_or_wrong_is_said_at_once(
    company: Company, tmp_path: Path, words: tuple[str, ...]
) -> None:
    for language, said in (("en", "BOT_TOKEN is missing"), ("ru", "Не задан BOT_TOKEN")):
        code, shown = type_alone(tmp_path, *words, LANGUAGE=language)
        assert code == 2
        assert said in shown
        assert "@BotFather" in shown
    wrong = {"BOT_TOKEN": "7:wrong-token-x", "TELEGRAM_API": company.stand.url}
    code, shown = type_alone(tmp_path, *words, LANGUAGE="en", **wrong)
    assert code == 1
    assert "doesn't know this BOT_TOKEN" in shown


def test_whoami_finds_the_token_in_the_file_of_settings(company: Company, tmp_path: Path) -> None:
    (tmp_path / "bot.env").write_text(f"BOT_TOKEN={company.token}\nTELEGRAM_API={company.stand.url}\n")
    assert type_alone(tmp_path, "--env", "bot.env", "whoami") == (0, "andreyvpn_bot\n")


@pytest.mark.parametrize(("language", "said"), [("en", "there is no such file"), ("ru", "такого файла или папки нет")])
def test_a_file_of_settings_that_is_not_there_is_named_by_whoami_too(
    company: Company, tmp_path: Path, language: str, said: str
) -> None:
    settings = {"BOT_TOKEN": company.token, "TELEGRAM_API": company.stand.url, "LANGUAGE": language}
    code, shown = type_alone(tmp_path, "--env", "no.env", "whoami", **settings)
    assert code == 2
    assert said in shown


def test_the_admin_is_whoever_sent_the_newest_start_in_private(tmp_path: Path) -> None:
    with Stand("123456:nobody-else-polls-here") as stand:
        for who, name in ((4, "Olga"), (5, "Anna")):
            stand.user(who, name, "en").send("/start")
        eve, group = {"id": 9, "is_bot": False, "first_name": "Eve"}, {"id": -7, "type": "group", "title": "Strangers"}
        stand.update({"message": {"message_id": 1, "date": 1, "from": eve, "chat": group, "text": "/start"}})
        settings = {"BOT_TOKEN": stand.token, "TELEGRAM_API": stand.url, "LANGUAGE": "en"}
        code, shown = type_alone(tmp_path, "admin", **settings)
        assert (code, shown.splitlines()[0]) == (0, "5 Anna")


def test_who_waits_for_the_admin_is_told_that_telegram_is_away_and_that_it_is_back(tmp_path: Path) -> None:
    with Stand("123456:nobody-else-polls-here") as stand:
        environment = {"PATH": os.environ["PATH"], "LANGUAGE": "en"}
        environment |= {"BOT_TOKEN": stand.token, "TELEGRAM_API": stand.url}
        words = [sys.executable, str(ROOT / "andreyvpn_bot.py"), "admin"]
        pipe = subprocess.PIPE
        with stand.down():
            waiting = subprocess.Popen(words, env=environment, stdout=pipe, stderr=pipe, text=True)
            assert waiting.stderr
            assert "press Start" in waiting.stderr.readline()
            assert "Telegram can't be reached" in waiting.stderr.readline()
        assert "is answering again" in waiting.stderr.readline()
        stand.user(5, "Anna", "en", username="anna").send("/start")
        out, err = waiting.communicate(timeout=20)
        assert (waiting.returncode, out, err) == (0, "5 Anna (@anna)\n", "")


def test_a_backup_made_beside_the_bot_brings_everything_back(company: Company, tmp_path: Path) -> None:
    company.let_in(company.friend)
    conf = company.give_config(company.friend)
    peers = company.interface.peers()
    copy = tmp_path / "copy.db"
    assert "Copied and checked" in type_in(company, "backup", str(copy))
    assert "another copy of the bot is running" in type_in(company, "restore", str(copy), code=2)
    company.stop()
    company.interface.down()
    company.database.write_bytes(b"ruined" * 1000)
    company.interface.up()
    assert "is kept as" in type_in(company, "restore", str(copy))
    company.start()
    company.wait(lambda: company.interface.peers() == peers, what="the peers' return")
    last = company.friend.last()
    company.friend.press(data="file:1", message=last, forge=True)
    again = company.friend.wait_for(predicate=lambda message: "document" in message, after=last)
    assert company.friend.download(again) == conf


def test_an_encrypted_copy_comes_to_the_admin_and_only_there_is_it_readable(tmp_path: Path) -> None:
    need_tools("age")
    key = tmp_path / "key.txt"
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    recipient = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True).stdout.strip()
    with Company(tmp_path, BACKUP_RECIPIENT=recipient) as company:
        company.let_in(company.friend)
        company.give_config(company.friend)
        company.admin.send("/status")
        company.admin.press("Backup", message=company.admin.wait_for("Interface awg0"))
        document = company.admin.wait_for(predicate=lambda message: "document" in message, timeout=30)
        assert re.match(r"💾 Backup of [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4},", document["caption"])
        sealed = company.admin.download(document)
        assert b"PRIVATE" not in sealed
        assert b"Anna" not in sealed
        (tmp_path / "copy.age").write_bytes(sealed)
        subprocess.run(["age", "-d", "-i", key, "-o", tmp_path / "copy.db", tmp_path / "copy.age"], check=True)
        check_backup(tmp_path / "copy.db")
        assert not list(company.folder.glob(".backup-*"))


@pytest.mark.parametrize(
    ("words", "english", "russian"),
    [
        (("backup", "no-such-folder/copy.db"), "can't write", "не может записать"),
        (("backup", "bot_data.db"), "is the database itself. A place that works", "это сама база. Подойдёт"),
        *((("backup", f"bot_data.db{ending}"), "is one of the bot's own files", "один из файлов самого бота")
          for ending in (".peers", "-wal", "-journal", ".lock")),
        (("backup", "bot.log"), "stays as it is", "останется"),
        (("restore", "no-such-file.db"), "can't be read: there is no such file", "no-such-file.db не прочитать"),
    ],
)
def test_a_file_that_can_not_be_used_is_refused_with_one_that_works(
    company: Company, words: tuple[str, ...], english: str, russian: str
) -> None:
    for language, said in (("en", english), ("ru", russian)):
        shown = type_in(company, *words, code=2, LANGUAGE=language)
        assert said in shown
        if words[0] == "backup":
            place = shown.split()[-1]
            assert place.startswith(str(company.folder))
            type_in(company, "backup", place)


@pytest.mark.parametrize(("language", "said"), [("en", "another copy of the bot"), ("ru", "другой экземпляр бота")])
def test_a_second_bot_on_the_same_database_is_told_so(company: Company, language: str, said: str) -> None:
    assert said in type_in(company, "run", code=2, LANGUAGE=language)


@pytest.mark.parametrize(
    ("content", "english", "russian"),
    [
        (b"milk " * 1000, "is not a sound database", "не исправная база"),
        ("another", "a database of another program", "база другой программы"),
    ],
)
@pytest.mark.parametrize("words", ["check", "status", "run"])
def test_a_file_that_is_no_database_of_the_bot_is_named_in_the_reader_s_language(
    company: Company, tmp_path: Path, words: str, content: bytes | str, english: str, russian: str
) -> None:
    file = tmp_path / "other.db"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        with closing(sqlite3.connect(file)) as db:
            db.execute("CREATE TABLE another (one)")
    before = file.read_bytes()
    for language, said in (("en", english), ("ru", russian)):
        shown = type_in(company, words, code=1 if words == "check" else 2, DATABASE=str(file), LANGUAGE=language)
        assert said in shown
        assert language == "en" or "database" not in re.sub(r"\(.*\)", "", shown), "but for the system's own words"
    assert file.read_bytes() == before


def test_a_port_that_the_demo_can_not_have_is_said_in_the_reader_s_language(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for locale, said in (("C", "another program is using it"), ("ru_RU.UTF-8", "его занимает другая программа")):
            code, shown = type_alone(tmp_path, "demo", "--port", port, LANG=locale)
            assert code == 2
            assert said in shown


@pytest.mark.parametrize(("language", "said"), [("C", "lacks: requests, qrcode"), ("ru_RU", "не находит: requests, ")])
def test_a_python_without_the_libraries_is_told_what_to_do(tmp_path: Path, language: str, said: str) -> None:
    bot = ROOT / "andreyvpn_bot.py"
    bare = [sys.executable, "-S", str(bot), "status"]  # without site-packages
    done = subprocess.run(bare, env={"LANG": f"{language}.UTF-8"}, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert said in done.stderr
    assert "install.sh" in done.stderr or "andreyvpn_bot.py" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_bad_backup_is_refused(company: Company, tmp_path: Path) -> None:
    (tmp_path / "shopping.txt").write_text("milk " * 1000)
    company.stop()
    assert "not a sound database" in type_in(company, "restore", str(tmp_path / "shopping.txt"), code=2)
    company.start()


def lines(said: str, sign: str) -> list[str]:
    return [line for line in said.splitlines() if line.startswith(sign)]


def test_check_sees_what_is_right(company: Company) -> None:
    company.let_in(company.friend)
    company.give_config(company.friend)
    said = type_in_any(company, "check", SERVER_ENDPOINT="127.0.0.1")
    for right in (
        "Telegram knows the bot", "The bot can write to the admin 1", "Interface awg0 is up on port", "are fine (",
        "Peers match the database: 1", "leads to this machine: 127.0.0.1", "database is intact", "Last backup",
    ):  # fmt: skip
        assert any(right in line for line in lines(said, "✅")), f"{right} is not in\n{said}"


def type_in_any(company: Company, *words: str, **settings: str) -> str:
    """Run a command whose exit code depends on the machine; return what it prints."""
    command = [sys.executable, str(ROOT / "andreyvpn_bot.py"), *words]
    environment = {**company.environment, **settings}
    done = subprocess.run(command, env=environment, cwd=company.folder, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    assert done.returncode == int("❌" in done.stdout)
    return done.stdout


@pytest.mark.parametrize(
    ("settings", "sign", "said"),
    [
        ({"BOT_TOKEN": "77:wrong-token-here-really"}, "❌", "doesn't know this BOT_TOKEN"),
        ({"ADMIN_IDS": "1,555"}, "⚠️", "The bot can't write to the admin 555"),
        ({"AWG_INTERFACE": "awg7"}, "❌", "interface doesn't exist"),
        ({"AWG_COMMAND": "no-such-tool"}, "❌", "awg was not found"),
        ({"SERVER_ENDPOINT": "no-such-name.invalid"}, "❌", "can't be found"),
        ({"SERVER_ENDPOINT": "192.0.2.1"}, "⚠️", "isn't one of this machine's addresses"),
        ({"SERVER_ENDPOINT": "127.0.0.1:443"}, "⚠️", "has the port 443"),
        ({"CLIENT_PARAMETERS": "Jmin = 100"}, "❌", "Jmin must be less than Jmax"),
        ({"TELEGRAM_API": "http://127.0.0.1:9"}, "⚠️", "Telegram isn't answering"),
        ({"DATABASE": "elsewhere.db"}, "⚠️", "no database"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_check_sees_what_is_wrong(company: Company, settings: dict[str, str], sign: str, said: str) -> None:
    shown = type_in_any(company, "check", **settings)
    assert any(said in line for line in lines(shown, sign)), shown


def test_check_claims_nothing_of_a_way_out_that_it_does_not_see(company: Company) -> None:
    shown = type_in_any(company, "check")
    assert any("routes and forwarding can't be seen" in line for line in lines(shown, "⚠️")), shown
    assert not any("traffic" in line or "UDP port" in line for line in lines(shown, "✅")), shown


@pytest.mark.parametrize(("encoding", "language"), [("iso-8859-1", "en"), ("koi8-r", "ru"), ("cp1251", "ru")])
def test_a_terminal_of_another_encoding_sees_what_it_can(company: Company, encoding: str, language: str) -> None:
    environment = {**company.environment, "PYTHONIOENCODING": encoding, "LANGUAGE": language}
    for words in (["check"], ["status"], ["--help"]):
        command = [sys.executable, str(ROOT / "andreyvpn_bot.py"), *words]
        done = subprocess.run(command, env=environment, cwd=company.folder, capture_output=True, timeout=60)
        assert b"Traceback" not in done.stderr
        said = done.stdout.decode(encoding)
        if words == ["check"]:
            assert done.returncode == int("\nX " in said)
            assert ("+ Telegram knows the bot" if language == "en" else "+ Telegram знает бота") in said


@pytest.mark.parametrize(
    ("name", "good", "bad", "english", "russian"),
    [
        ("BOT_TOKEN", "123456:ABC-DEF_ghijkl", "my token", "not a bot token", "не токен бота"),
        ("ADMIN_IDS", "1234567, 89", "@andrey", "aren't Telegram ids", "не Telegram id"),
        ("SERVER_ENDPOINT", "vpn.example.org:443", "http://vpn", "Friends can't reach that", "друзья не подключатся"),
        ("AWG_INTERFACE", "awg0", "a/b", "not an interface name", "не имя интерфейса"),
        ("TELEGRAM_API", "https://api.telegram.org", "telegram.org", "TELEGRAM_API must begin", "TELEGRAM_API должен"),
        ("TELEGRAM_PROXY", "", "socks", "TELEGRAM_PROXY must look like", "TELEGRAM_PROXY должен"),
    ],
)  # fmt: skip
def test_an_answer_is_read_as_the_bot_reads_it(name: str, good: str, bad: str, english: str, russian: str) -> None:
    def read(text: str, language: str) -> tuple[int, str]:
        command = [sys.executable, "-S", "-m", "lib.console.answers", name]  # without any library
        environment = {name: text, "LANGUAGE": language}
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    assert read(good, "en") == (0, f"{good}\n")
    assert read(f"{good}1\nLANGUAGE=en", "en")[0] == 1, "a line break would write a line of its own"
    for language, words in (("en", english), ("ru", russian)):
        code, said = read(bad, language)
        assert code == 1
        assert words in said
        assert bad not in said


def test_check_sees_peers_that_differ_and_files_that_are_open(company: Company) -> None:
    company.let_in(company.friend)
    company.give_config(company.friend)
    company.stop()
    company.interface.run("awg", "set", "awg0", "peer", next(iter(company.interface.peers())), "remove")
    company.database.chmod(0o644)
    shown = type_in_any(company, "check")
    assert "1 to add, 0 to remove" in shown
    assert any("can be read by others" in line for line in lines(shown, "❌"))
    company.database.chmod(0o600)
    company.start()
