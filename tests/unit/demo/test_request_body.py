from __future__ import annotations

import io
import json
from email.message import Message

import pytest
import requests

from lib.demo.refusal import Refused
from lib.demo.request_body import Upload, read_body, read_content


def test_it_works():
    assert read_body("", "application/json", b'{"chat_id": 5, "text": "hi"}').values == {"chat_id": 5, "text": "hi"}


def test_query_and_form_are_joined():
    body = read_body("a=1&b=", "application/x-www-form-urlencoded", b"c=%D0%B6&d=x+y")
    assert body.values == {"a": "1", "b": "", "c": "ж", "d": "x y"}


def test_null_counts_as_absent():
    assert read_body("", "application/json; charset=utf-8", b'{"a": null}').values == {}


@pytest.mark.parametrize("content", [b"{", b"[1]", b'"x"'])
def test_json_that_is_no_object_is_refused(content: bytes):
    with pytest.raises(Refused, match="JSON object"):
        read_body("", "application/json", content)


def test_a_form_of_requests_is_read():
    content = bytes(range(256)) + b"\r\n--boundary\r\n"
    files = {"photo": ("captcha.png", content, "image/png")}
    sent = requests.Request("POST", "http://x", data={"a": "ж", "b": json.dumps({"c": 1})}, files=files).prepare()
    body = read_body("", sent.headers["Content-Type"], sent.body)  # type: ignore[arg-type]
    assert body.values == {"a": "ж", "b": '{"c": 1}'}
    assert body.files == {"photo": Upload("captcha.png", "image/png", content)}


def test_russian_file_names_are_read():
    head = 'Content-Disposition: form-data; name="document"; filename="Мой телефон.conf"'.encode()
    content = b"--b\r\n" + head + b"\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n"
    assert read_body("", "multipart/form-data; boundary=b", content).files["document"].name == "Мой телефон.conf"


def test_an_encoded_file_name_is_read():
    head = b"Content-Disposition: form-data; name=\"document\"; filename*=utf-8''%D0%B6.conf"
    content = b"--b\r\n" + head + b"\r\n\r\nx\r\n--b--\r\n"
    assert read_body("", "multipart/form-data; boundary=b", content).files["document"].name == "ж.conf"


@pytest.mark.parametrize("content", [b"", b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx"])
def test_a_form_without_an_end_is_refused(content: bytes):
    with pytest.raises(Refused, match="no end"):
        read_body("", "multipart/form-data; boundary=b", content)


def test_a_form_without_a_boundary_is_refused():
    with pytest.raises(Refused, match="boundary"):
        read_body("", "multipart/form-data", b"x")


def content_of(stream: bytes, **headers: str) -> bytes | None:
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return read_content(message, io.BytesIO(stream))


def test_a_body_ends_where_its_length_says():
    assert content_of(b"abcdef", Content_Length="3") == b"abc"
    assert content_of(b"abc") == b""


def test_chunks_are_joined():
    assert content_of(b"3;x=y\r\nabc\r\n1\r\nd\r\n0\r\n\r\nrest", Transfer_Encoding="chunked") == b"abcd"


@pytest.mark.parametrize("length", ["-1", "x", str(2**40)])
def test_a_senseless_length_is_refused(length: str):
    assert content_of(b"abc", Content_Length=length) is None


@pytest.mark.parametrize("stream", [b"x\r\n", b"-1\r\n", b"fffffffff\r\n", b""])
def test_senseless_chunks_are_refused(stream: bytes):
    assert content_of(stream, Transfer_Encoding="chunked") is None


@pytest.mark.parametrize(
    ("stream", "headers"),
    [(b"ab", {"Content_Length": "3"}), (b"3\r\nab", {"Transfer_Encoding": "chunked"})],
)
def test_half_a_request_is_none(stream: bytes, headers: dict[str, str]):
    with pytest.raises(EOFError):
        content_of(stream, **headers)
