"""Read the parameters and files of a call from all forms that the real server accepts.

They are the query string, form data (urlencoded or multipart) and JSON.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import HTTP
from io import BufferedIOBase
from typing import Any
from urllib.parse import parse_qsl

from lib.demo.telegram.api_error import bad_request
from lib.demo.telegram.limits import UPLOAD_BYTES

_MAX_BYTES = UPLOAD_BYTES + 2**20


@dataclass(frozen=True)
class Upload:
    """A file in a request."""

    name: str
    mime: str
    content: bytes


@dataclass
class Body:
    """The parameters of a request, as strings or JSON values, and its files by field name."""

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)


def read_raw_body(headers: Message, stream: BufferedIOBase) -> bytes | None:
    """Return the body of a request, chunked or not; None if it is too large or its length is invalid.

    Raise EOFError if the client disconnects halfway: half a request must never take effect.
    """
    try:
        if "chunked" in headers.get("Transfer-Encoding", "").lower():
            return _read_chunks(stream)
        length = int(headers.get("Content-Length") or 0)
    except ValueError:
        return None
    return _read_exactly(stream, length) if 0 <= length <= _MAX_BYTES else None


def _read_exactly(stream: BufferedIOBase, length: int) -> bytes:
    content = stream.read(length)
    if len(content) < length:
        raise EOFError(f"got {len(content)} of {length} bytes")
    return content


def _read_chunks(stream: BufferedIOBase) -> bytes | None:
    content = bytearray()
    while size := int(stream.readline().partition(b";")[0], 16):
        if not 0 < size <= _MAX_BYTES - len(content):
            return None
        content += _read_exactly(stream, size)
        stream.readline()
    while stream.readline().strip():
        pass
    return bytes(content)


def parse_body(query: str, content_type: str, content: bytes) -> Body:
    """Parse a request; raise ApiError if it is malformed. A JSON null counts as absent."""
    body = Body(dict(parse_qsl(query, keep_blank_values=True)))
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        _parse_multipart(content_type, content, body)
    elif kind == "application/json" and content:
        body.values.update(_parse_json(content))
    elif content:
        body.values.update(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True))
    return body


def _parse_json(content: bytes) -> dict[str, Any]:
    try:
        values = json.loads(content)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(values, dict):
        raise bad_request("expected JSON object")
    return {name: value for name, value in values.items() if value is not None}


def _parse_multipart(content_type: str, content: bytes, body: Body) -> None:
    boundary = re.search(r'boundary="?([^";]+)"?', content_type, re.IGNORECASE)
    if not boundary:
        raise bad_request("boundary not found in the multipart request")
    parts = (b"\r\n" + content).split(b"\r\n--" + boundary[1].encode())
    if len(parts) < 2 or not parts[-1].startswith(b"--"):
        raise bad_request("multipart request has no end")
    for part in parts[1:-1]:
        head, found, value = part.partition(b"\r\n\r\n")
        if found:
            _add_part(head.lstrip(b"\r\n"), value, body)


def _add_part(head: bytes, value: bytes, body: Body) -> None:
    headers = BytesHeaderParser(policy=HTTP).parsebytes(head)
    disposition = headers["content-disposition"]
    params = dict(disposition.params) if disposition else {}
    name = str(params.get("name", ""))
    if "filename" in params:
        mime = headers.get_content_type() if headers["content-type"] else "application/octet-stream"
        body.files[name] = Upload(str(params["filename"]), mime, value)
    elif name:
        body.values[name] = value.decode("utf-8", "replace")
