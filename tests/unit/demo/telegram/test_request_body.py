"""Requests in every form that the Bot API accepts, and malformed ones."""

from __future__ import annotations

import io
import json
from email.message import Message

import pytest
import requests

from lib.demo.telegram.api_error import ApiError
from lib.demo.telegram.request_body import Upload, parse_body, read_raw_body


def test_it_works():
    assert parse_body("", "application/json", b'{"chat_id": 5, "text": "hi"}').values == {"chat_id": 5, "text": "hi"}


def test_query_and_form_are_combined():
    body = parse_body("a=1&b=", "application/x-www-form-urlencoded", b"c=%D0%B6&d=x+y")
    assert body.values == {"a": "1", "b": "", "c": "ж", "d": "x y"}


def test_null_counts_as_absent():
    assert parse_body("", "application/json; charset=utf-8", b'{"a": null}').values == {}


@pytest.mark.parametrize("content", [b"{", b"[1]", b'"x"'])
def test_json_that_is_not_an_object_is_rejected(content: bytes):
    with pytest.raises(ApiError, match="JSON object"):
        parse_body("", "application/json", content)


def test_a_multipart_form_of_requests_is_parsed():
    content = bytes(range(256)) + b"\r\n--boundary\r\n"
    files = {"photo": ("captcha.png", content, "image/png")}
    sent = requests.Request("POST", "http://x", data={"a": "ж", "b": json.dumps({"c": 1})}, files=files).prepare()
    body = parse_body("", sent.headers["Content-Type"], sent.body)  # type: ignore[arg-type]
    assert body.values == {"a": "ж", "b": '{"c": 1}'}
    assert body.files == {"photo": Upload("captcha.png", "image/png", content)}


def test_a_russian_file_name_is_parsed():
    head = 'Content-Disposition: form-data; name="document"; filename="Мой телефон.conf"'.encode()
    content = b"--b\r\n" + head + b"\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n"
    assert parse_body("", "multipart/form-data; boundary=b", content).files["document"].name == "Мой телефон.conf"


def test_an_encoded_file_name_is_parsed():
    head = b"Content-Disposition: form-data; name=\"document\"; filename*=utf-8''%D0%B6.conf"
    content = b"--b\r\n" + head + b"\r\n\r\nx\r\n--b--\r\n"
    assert parse_body("", "multipart/form-data; boundary=b", content).files["document"].name == "ж.conf"


@pytest.mark.parametrize("content", [b"", b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx"])
def test_a_multipart_form_without_an_end_is_rejected(content: bytes):
    with pytest.raises(ApiError, match="no end"):
        parse_body("", "multipart/form-data; boundary=b", content)


def test_a_multipart_form_without_a_boundary_is_rejected():
    with pytest.raises(ApiError, match="boundary"):
        parse_body("", "multipart/form-data", b"x")


def raw_body(stream: bytes, **headers: str) -> bytes | None:
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return read_raw_body(message, io.BytesIO(stream))


def test_a_body_has_the_given_length():
    assert raw_body(b"abcdef", Content_Length="3") == b"abc"
    assert raw_body(b"abc") == b""


def test_chunks_are_joined():
    assert raw_body(b"3;x=y\r\nabc\r\n1\r\nd\r\n0\r\n\r\nrest", Transfer_Encoding="chunked") == b"abcd"


@pytest.mark.parametrize("length", ["-1", "x", str(2**40)])
def test_an_invalid_length_is_rejected(length: str):
    assert raw_body(b"abc", Content_Length=length) is None


@pytest.mark.parametrize("stream", [b"x\r\n", b"-1\r\n", b"fffffffff\r\n", b""])
def test_invalid_chunks_are_rejected(stream: bytes):
    assert raw_body(stream, Transfer_Encoding="chunked") is None


@pytest.mark.parametrize(
    ("stream", "headers"),
    [(b"ab", {"Content_Length": "3"}), (b"3\r\nab", {"Transfer_Encoding": "chunked"})],
)
def test_half_a_request_is_never_accepted(stream: bytes, headers: dict[str, str]):
    with pytest.raises(EOFError):
        raw_body(stream, **headers)
