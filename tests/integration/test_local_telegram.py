"""The local Telegram over real HTTP: every error that a bot must be ready for, and people who use it."""

from __future__ import annotations

import base64
import io
import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from PIL import Image

from tests.api_models import result_type
from tests.stand import TOKEN, Person, Stand, validate_requests


def image(color: str = "navy") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (200, 100), color).save(file, "PNG")
    return file.getvalue()


IMAGE = image()
KEYBOARD = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes", "style": "success"}]]}


@pytest.fixture
def stand() -> Iterator[Stand]:
    with Stand(limits=False, direct=False) as stand:
        yield stand


@pytest.fixture
def anya(stand: Stand) -> Person:
    anya = stand.user(5, "Аня")
    anya.send("/start")
    return anya


def result(answer: dict[str, Any]) -> Any:
    assert answer["ok"], answer
    return answer["result"]


def error(answer: dict[str, Any], code: int = 400) -> str:
    assert not answer["ok"], answer
    assert answer["error_code"] == code, answer
    return str(answer["description"])


def upload(stand: Stand, method: str, files: dict[str, Any], **params: Any) -> dict[str, Any]:
    url = f"{stand.url}/bot{stand.token}/{method}"
    answer: dict[str, Any] = requests.post(url, data=params, files=files, timeout=10).json()
    return answer


def say(stand: Stand, text: str = "hello", **more: Any) -> int:
    return int(result(stand.call("sendMessage", chat_id=5, text=text, **more))["message_id"])


def test_it_works(stand: Stand, anya: Person):
    update = result(stand.call("getUpdates"))[0]
    assert update["message"]["text"] == "/start"
    say(stand, "<b>Yes?</b>", parse_mode="HTML", reply_markup=KEYBOARD)
    query = anya.press("Yes")
    assert result(stand.call("answerCallbackQuery", callback_query_id=query, text="done"))
    assert anya.wait_for_answer(query)["text"] == "done"
    assert anya.last()["text"] == "Yes?"
    assert (validate_requests(stand), stand.violations()) == ([], [])


def test_results_have_the_types_of_the_bot_api(stand: Stand, anya: Person):
    say(stand, "<b>x</b> /start", parse_mode="HTML", reply_markup=KEYBOARD)
    upload(stand, "sendPhoto", {"photo": ("a.png", IMAGE)}, chat_id=5, caption="x", reply_to_message_id=2)
    upload(stand, "sendDocument", {"document": ("a.conf", b"x")}, chat_id=5, caption="x")
    media = [{"type": "photo", "media": f"attach://{name}"} for name in "ab"]
    upload(stand, "sendMediaGroup", {"a": IMAGE, "b": IMAGE}, chat_id=5, media=json.dumps(media))
    anya.press("Yes")
    stand.call("getUpdates")
    stand.call("editMessageText", chat_id=5, message_id=2, text="y")
    file_id = anya.transcript()[2]["photo"][-1]["file_id"]
    for method, params in {
        "getMe": {}, "getChat": {"chat_id": 5}, "getFile": {"file_id": file_id}, "getWebhookInfo": {},
        "forwardMessage": {"chat_id": 5, "from_chat_id": 5, "message_id": 2}, "getMyCommands": {},
        "copyMessage": {"chat_id": 5, "from_chat_id": 5, "message_id": 2}, "getChatMenuButton": {}, "getMyName": {},
    }.items():  # fmt: skip
        result(stand.call(method, **params))
    for request in stand.requests():
        parsed = result_type(request["method"]).validate_python(result(request["answer"]))
        assert parsed is not None
    assert len(stand.requests()) == 15


@pytest.mark.parametrize(
    ("token", "code", "message"),
    [("1:wrong", 401, "Unauthorized"), ("nonsense", 404, "Not Found"), ("", 404, "Not Found")],
)
def test_a_wrong_token_is_rejected(stand: Stand, token: str, code: int, message: str):
    answer = requests.get(f"{stand.url}/bot{token}/getMe", timeout=10)
    assert (answer.status_code, error(answer.json(), code)) == (code, message)


def test_an_unknown_method_fails_and_is_reported(stand: Stand):
    assert error(stand.call("sendMesage", text="x"), 404) == "Not Found: method not found"
    assert [v["method"] for v in stand.violations()] == ["sendMesage"]


def test_method_names_are_not_case_sensitive(stand: Stand):
    assert result(stand.call("GETME"))["is_bot"]


def test_unknown_parameters_are_ignored_but_reported(stand: Stand, anya: Person):
    say(stand, keyboard="x")
    assert [v["what"] for v in stand.violations()] == ["unknown parameter 'keyboard'"]
    assert validate_requests(stand) == ["request 1, sendMessage: unknown field keyboard"]


@pytest.mark.parametrize("encoding", ["query", "form", "json", "multipart"])
def test_parameters_are_accepted_in_four_encodings(stand: Stand, anya: Person, encoding: str):
    params = {"chat_id": "5", "text": "жук & co", "reply_markup": json.dumps(KEYBOARD)}
    given: dict[str, Any] = {
        "query": {"params": params},
        "form": {"data": params},
        "json": {"json": {**params, "chat_id": 5, "reply_markup": KEYBOARD}},
        "multipart": {"files": {name: (None, value) for name, value in params.items()}},
    }[encoding]
    result(requests.post(f"{stand.url}/bot{stand.token}/sendMessage", timeout=10, **given).json())
    assert (anya.last()["text"], anya.buttons()) == ("жук & co", ["Yes"])
    assert validate_requests(stand) == []


def test_a_chunked_body_is_accepted(stand: Stand, anya: Person):
    body = (part for part in (b'{"chat_id": 5, ', b'"text": "x"}'))
    url, headers = f"{stand.url}/bot{stand.token}/sendMessage", {"Content-Type": "application/json"}
    result(requests.post(url, data=body, headers=headers, timeout=10).json())


def test_the_bot_cannot_write_to_people_who_never_wrote_to_it(stand: Stand):
    stand.user(6)
    assert error(stand.call("sendMessage", chat_id=6, text="x")) == "Bad Request: chat not found"
    assert error(stand.call("sendMessage", chat_id=7, text="x")) == "Bad Request: chat not found"
    assert error(stand.call("sendMessage", text="x")) == "Bad Request: chat_id is empty"


def test_people_who_blocked_the_bot_or_left_telegram_cannot_be_reached(stand: Stand, anya: Person):
    stand.call("getUpdates", offset=-1)
    anya.block()
    assert error(stand.call("sendMessage", chat_id=5, text="x"), 403) == "Forbidden: bot was blocked by the user"
    change = result(stand.call("getUpdates"))[-1]["my_chat_member"]
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("member", "kicked")
    with pytest.raises(AssertionError, match="blocked"):
        anya.send("x")
    anya.unblock()
    say(stand)
    anya.deactivate()
    assert error(stand.call("sendMessage", chat_id=5, text="x"), 403) == "Forbidden: user is deactivated"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n"}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "<x>", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "x" at byte offset 0'),
        ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
    ],
)
def test_an_invalid_text_is_rejected(stand: Stand, anya: Person, params: dict[str, Any], message: str):
    assert error(stand.call("sendMessage", chat_id=5, **params)) == f"Bad Request: {message}"


def test_an_edit_replaces_the_text_and_keeps_the_history(stand: Stand, anya: Person):
    message = say(stand, "one", reply_markup=KEYBOARD)
    result(stand.call("editMessageText", chat_id=5, message_id=message, text="two"))
    shown = anya.last()
    assert (shown["text"], shown["edited"], shown["history"]) == (
        "two",
        True,
        [{"text": "one", "reply_markup": KEYBOARD}],
    )
    assert anya.buttons() == []


def test_an_edit_that_changes_nothing_is_rejected(stand: Stand, anya: Person):
    message = say(stand, "<b>one</b>", parse_mode="HTML", reply_markup=KEYBOARD)
    same = {"chat_id": 5, "message_id": message, "reply_markup": KEYBOARD}
    assert "message is not modified: " in error(
        stand.call("editMessageText", **same, text="<strong>one</strong> ", parse_mode="HTML")
    )
    assert "message is not modified: " in error(stand.call("editMessageReplyMarkup", **same))


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("editMessageText", {"message_id": 99, "text": "x"}, "message to edit not found"),
        ("editMessageText", {"message_id": 1, "text": "x"}, "message can't be edited"),
        ("editMessageText", {"message_id": 2, "text": "x"}, "there is no text in the message to edit"),
        ("editMessageCaption", {"message_id": 3, "caption": "x"}, "there is no caption in the message to edit"),
        ("editMessageText", {"message_id": 3, "text": ""}, "message text is empty"),
        ("editMessageText", {"text": "x"}, "message identifier is not specified"),
        ("editMessageText", {"message_id": 4, "text": "y"}, "message can't be edited"),
        ("deleteMessage", {"message_id": 99}, "message to delete not found"),
        ("copyMessage", {"from_chat_id": 5, "message_id": 99}, "message to copy not found"),
    ],
)
def test_an_edit_must_fit_its_message(stand: Stand, anya: Person, method: str, params: dict[str, Any], message: str):
    result(upload(stand, "sendPhoto", {"photo": ("a.png", IMAGE)}, chat_id=5))
    say(stand, "x")
    say(stand, "x", reply_markup={"keyboard": [["A"]]})
    assert error(stand.call(method, chat_id=5, **params)) == f"Bad Request: {message}"


def test_a_text_can_be_replaced_by_a_photo(stand: Stand, anya: Person):
    message = say(stand)
    media = json.dumps({"type": "photo", "media": "attach://qr", "caption": "<i>QR</i>", "parse_mode": "HTML"})
    result(upload(stand, "editMessageMedia", {"qr": ("qr.png", IMAGE)}, chat_id=5, message_id=message, media=media))
    shown = anya.last()
    assert (shown["message_id"], shown["caption"], "text" in shown) == (message, "QR", False)
    assert anya.download(shown) == IMAGE
    assert (validate_requests(stand), stand.violations()) == ([], [])


def test_the_bot_cannot_use_a_deleted_message(stand: Stand, anya: Person):
    message = say(stand)
    result(stand.call("deleteMessage", chat_id=5, message_id=message))
    assert anya.messages() == []
    assert anya.transcript()[-1]["deleted"]
    assert "not found" in error(stand.call("deleteMessage", chat_id=5, message_id=message))
    assert "not found" in error(stand.call("editMessageText", chat_id=5, message_id=message, text="x"))


def test_old_messages_cannot_be_deleted(stand: Stand, anya: Person):
    message = say(stand)
    stand.set_clock(49 * 3600)
    assert "can't be deleted" in error(stand.call("deleteMessage", chat_id=5, message_id=message))


def test_a_photo_must_be_an_image(stand: Stand, anya: Person):
    assert "IMAGE_PROCESS_FAILED" in error(upload(stand, "sendPhoto", {"photo": ("a.png", b"text")}, chat_id=5))
    assert "no photo" in error(stand.call("sendPhoto", chat_id=5))
    assert "non-empty" in error(upload(stand, "sendPhoto", {"photo": ("a.png", b"")}, chat_id=5))


def test_a_file_can_be_sent_again_by_its_id_but_only_as_the_same_kind(stand: Stand, anya: Person):
    result(upload(stand, "sendDocument", {"document": ("Мой.conf", b"[Interface]")}, chat_id=5))
    file_id = anya.last()["document"]["file_id"]
    again = result(stand.call("sendDocument", chat_id=5, document=file_id))["document"]
    assert (again["file_name"], again["file_size"]) == ("Мой.conf", 11)
    assert "can't use file of type" in error(stand.call("sendPhoto", chat_id=5, photo=file_id))
    assert "wrong remote file identifier" in error(stand.call("sendDocument", chat_id=5, document="nonsense"))


def test_a_file_can_be_downloaded_by_its_path(stand: Stand, anya: Person):
    content = base64.b64encode(b"hello").decode()
    anya.send("my file", file={"name": "a.txt", "base64": content})
    document = result(stand.call("getUpdates"))[-1]["message"]["document"]
    path = result(stand.call("getFile", file_id=document["file_id"]))["file_path"]
    assert requests.get(f"{stand.url}/file/bot{stand.token}/{path}", timeout=10).content == b"hello"
    assert requests.get(f"{stand.url}/file/bot1:x/{path}", timeout=10).status_code == 401
    assert requests.get(f"{stand.url}/file/bot{stand.token}/documents/x", timeout=10).status_code == 404


def test_an_album_cannot_mix_photos_and_documents(stand: Stand, anya: Person):
    media = [{"type": "photo", "media": "attach://a"}, {"type": "document", "media": "attach://b"}]
    answer = upload(stand, "sendMediaGroup", {"a": IMAGE, "b": b"x"}, chat_id=5, media=json.dumps(media))
    assert "can't be mixed" in error(answer)


def test_a_press_can_be_answered_only_once(stand: Stand, anya: Person):
    say(stand, reply_markup=KEYBOARD)
    query = anya.press(data="yes")
    assert "MESSAGE_TOO_LONG" in error(stand.call("answerCallbackQuery", callback_query_id=query, text="x" * 201))
    result(stand.call("answerCallbackQuery", callback_query_id=query, text="x" * 200, show_alert=True))
    assert error(stand.call("answerCallbackQuery", callback_query_id=query)) == (
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    )
    assert [answer["alert"] for answer in anya.answers()] == [True]


def test_a_press_cannot_be_answered_too_late(stand: Stand, anya: Person):
    say(stand, reply_markup=KEYBOARD)
    query = anya.press("Yes")
    stand.set_clock(151)
    assert "query is too old" in error(stand.call("answerCallbackQuery", callback_query_id=query))


def test_only_existing_buttons_can_be_pressed(stand: Stand, anya: Person):
    message = say(stand, reply_markup=KEYBOARD)
    with pytest.raises(AssertionError, match="no button"):
        anya.press(data="no")
    result(stand.call("deleteMessage", chat_id=5, message_id=message))
    with pytest.raises(AssertionError, match="no button"):
        anya.press("Yes")


def test_presses_can_be_forged(stand: Stand, anya: Person):
    message = say(stand, reply_markup=KEYBOARD)
    anya.press(data="admin:9", message=message, forge=True)
    result(stand.call("deleteMessage", chat_id=5, message_id=message))
    anya.press(data="yes", message=message, forge=True)
    forged, inaccessible = (update["callback_query"] for update in result(stand.call("getUpdates"))[-2:])
    assert (forged["data"], forged["message"]["text"]) == ("admin:9", "hello")
    assert inaccessible["message"] == {"chat": forged["message"]["chat"], "message_id": message, "date": 0}


def test_rate_limits_are_on_by_default():
    with Stand() as stand:
        stand.user(5).send("/start")
        answers = [stand.call("sendMessage", chat_id=5, text=str(number)) for number in range(7)]
        late = next(answer for answer in answers if not answer["ok"])
        assert error(late, 429) == "Too Many Requests: retry after 1"
        assert late["parameters"] == {"retry_after": 1}


def test_too_many_requests_has_a_retry_after_header(stand: Stand):
    stand.fault("429", retry_after=7, method="getMe")
    answer = requests.get(f"{stand.url}/bot{stand.token}/getMe", timeout=10)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json()["parameters"] == {"retry_after": 7}


def test_a_fault_applies_to_the_right_calls_as_often_as_it_should(stand: Stand, anya: Person):
    stand.user(6).send("/start")
    stand.fault("status", method="sendMessage", chat_id=5, count=2, status=500)
    assert stand.call("sendMessage", chat_id=6, text="x")["ok"]
    assert [stand.call("sendMessage", chat_id=5, text="x")["ok"] for _ in range(3)] == [False, False, True]
    assert len(anya.messages()) == 1
    stand.fault("status", count=None)
    assert not stand.call("getMe")["ok"]
    stand.clear_faults()
    assert stand.call("getMe")["ok"]


@pytest.mark.parametrize("kind", ["html502", "truncated", "reset", "hang", "status"])
@pytest.mark.parametrize("after_effect", [False, True])
def test_a_failed_call_may_have_taken_effect(stand: Stand, anya: Person, kind: str, after_effect: bool):
    stand.fault(kind, method="sendMessage", seconds=0.05, after_effect=after_effect)
    with pytest.raises((requests.RequestException, AssertionError)):
        say(stand)
    assert len(anya.messages()) == after_effect
    assert stand.requests()[-1]["fault"] == kind
    say(stand)


@pytest.mark.parametrize("kind", ["trickle", "slow"])
def test_a_slow_response_arrives_completely(stand: Stand, anya: Person, kind: str):
    stand.fault(kind, method="sendMessage", seconds=0.2)
    say(stand)
    assert len(anya.messages()) == 1


def test_an_unknown_fault_is_rejected(stand: Stand):
    with pytest.raises(AssertionError, match="a fault is one of"):
        stand.fault("earthquake")


def test_nothing_is_lost_while_the_server_is_down(stand: Stand, anya: Person):
    with stand.down(), pytest.raises(requests.ConnectionError):
        stand.call("getMe")
    assert result(stand.call("getUpdates"))[0]["message"]["text"] == "/start"


def test_stopping_ends_a_long_poll(stand: Stand):
    polls: list[Any] = []

    def poll() -> None:
        try:
            polls.append(stand.call("getUpdates", timeout=50))
        except requests.RequestException as exc:
            polls.append(exc)

    thread = threading.Thread(target=poll)
    thread.start()
    stand.wait(lambda: stand.server and stand.server.state.requests)
    with stand.down():
        thread.join(5)
    assert len(polls) == 1


def test_polling_fails_while_a_webhook_is_set(stand: Stand, anya: Person):
    assert "HTTPS" in error(stand.call("setWebhook", url="http://x"))
    result(stand.call("setWebhook", url="https://example.org/hook"))
    assert "webhook is active" in error(stand.call("getUpdates"), 409)
    result(stand.call("deleteWebhook", drop_pending_updates=True))
    assert result(stand.call("getUpdates")) == []


def test_the_command_menu_depends_on_scope_and_language(stand: Stand, anya: Person):
    def menu(description: str) -> list[dict[str, str]]:
        return [{"command": "menu", "description": description}]

    result(stand.call("setMyCommands", commands=menu("all")))
    assert stand.see("commands", user_id=5) == menu("all")
    result(stand.call("setMyCommands", commands=menu("ru"), language_code="ru"))
    assert stand.see("commands", user_id=5) == menu("ru")
    result(stand.call("setMyCommands", commands=menu("own"), scope={"type": "chat", "chat_id": 5}))
    assert stand.see("commands", user_id=5) == menu("own")
    result(stand.call("deleteMyCommands", scope={"type": "chat", "chat_id": 5}))
    assert result(stand.call("getMyCommands", language_code="ru")) == stand.see("commands", user_id=5) == menu("ru")
    scope = {"type": "chat", "chat_id": 99}
    assert "chat not found" in error(stand.call("setMyCommands", commands=menu("x"), scope=scope))


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
@pytest.mark.parametrize(
    "path", ["/", "/page.js", "/control/requests", "/control/events", "/control/panel", f"/bot{TOKEN}/getMe"]
)
def test_requests_from_other_sites_are_rejected(stand: Stand, headers: dict[str, str], path: str):
    assert requests.get(stand.url + path, headers=headers, timeout=10).status_code == 403


def test_the_page_may_load_only_its_own_files(stand: Stand):
    answer = requests.get(stand.url, headers={"Origin": stand.url}, timeout=10)
    policy = answer.headers["Content-Security-Policy"]
    assert answer.status_code == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in answer.text
    assert "style=" not in answer.text


def test_only_the_files_of_the_page_are_served(stand: Stand):
    page = requests.get(stand.url, timeout=10).text
    names = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    assert {"/page.css", "/panel.css", "/page.js"} == set(names)
    for name in names:
        answer = requests.get(stand.url + name, timeout=10)
        assert answer.headers["Content-Type"].startswith("text/css" if name.endswith("css") else "text/javascript")
        names += [f"/{found}" for found in re.findall(r'from "./(\w+\.js)"', answer.text) if f"/{found}" not in names]
    assert len(names) == 11
    for name in ("/page.html", "/run.py", "/../run.py", "/%2e%2e/run.py", "//etc/passwd", "/x.js"):
        assert requests.get(stand.url + name, timeout=10).status_code == 404, name


def test_without_the_demo_there_is_no_panel(stand: Stand):
    assert stand.see("panel") is None
    with pytest.raises(AssertionError, match="no control panel"):
        stand.do("panel", action="kill")


def test_the_browser_never_displays_a_document(stand: Stand, anya: Person):
    result(upload(stand, "sendDocument", {"document": ("a.html", b"<script>", "text/html")}, chat_id=5))
    file_id = anya.last()["document"]["file_id"]
    answer = requests.get(f"{stand.url}/control/file", params={"id": file_id}, timeout=10)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_events_are_streamed_as_they_happen(stand: Stand, anya: Person):
    with requests.get(f"{stand.url}/control/events", stream=True, timeout=10) as stream:
        lines = stream.iter_lines(chunk_size=1)
        assert next(lines) == b": welcome"
        message = say(stand)
        result(stand.call("editMessageText", chat_id=5, message_id=message, text="new"))
        result(stand.call("sendChatAction", chat_id=5, action="typing"))
        events = [json.loads(line[6:]) for line in (next(lines) for _ in range(6)) if line.startswith(b"data: ")]
    assert [event["event"] for event in events] == ["message", "edited", "action"]
    assert events[1]["message"]["text"] == "new"
