"""Photos and documents: store an upload, or find a file that was sent before, and describe it in a message."""

from __future__ import annotations

from lib.demo.telegram.api_error import bad_request
from lib.demo.telegram.images import image_type, photo_size
from lib.demo.telegram.limits import DOWNLOAD_BYTES
from lib.demo.telegram.models import File, Json
from lib.demo.telegram.request_body import Upload
from lib.demo.telegram.state import TelegramState

_THUMBNAIL = 90  # pixels of the longer side of the smallest size


def photo_content(state: TelegramState, file: Upload | str) -> Json:
    """Store a photo and return the content of its message, smallest size first; raise ApiError if it is not one."""
    content = _find_file(state, file, "photo").content if isinstance(file, str) else file.content
    width, height = photo_size(content)
    sizes = []
    for longest in dict.fromkeys((min(_THUMBNAIL, max(width, height)), max(width, height))):
        stored = state.add_file("photo", "photo.jpg", image_type(content), content)
        scaled = [max(1, round(side * longest / max(width, height))) for side in (width, height)]
        sizes.append({**_file_fields(stored), "width": scaled[0], "height": scaled[1]})
    return {"photo": sizes}


def document_content(state: TelegramState, file: Upload | str) -> Json:
    """Store a document, if it is an upload, and return the content of its message."""
    if isinstance(file, str):
        stored = _find_file(state, file, "document")
    else:
        stored = state.add_file("document", file.name.rpartition("/")[2] or "file", file.mime, file.content)
    return {"document": {**_file_fields(stored), "file_name": stored.name, "mime_type": stored.mime}}


def _find_file(state: TelegramState, file_id: str, kind: str) -> File:
    """Return a file by its id; raise ApiError for a URL, an unknown id or a file of another kind."""
    if file_id.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    file = state.files.get(file_id)
    if file is None:
        raise bad_request("wrong remote file identifier specified: Wrong character in the string")
    if file.kind != kind:
        raise bad_request(f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}")
    return file


def describe_file(state: TelegramState, file_id: str) -> Json:
    """Return a File object with the path to download it from."""
    file = state.files.get(file_id)
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(file.content) > DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return {**_file_fields(file), "file_path": file.path}


def _file_fields(file: File) -> Json:
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": len(file.content)}
