"""Pictures and documents: from an upload or an id to what a message shows, and back to the bytes."""

from __future__ import annotations

from lib.demo.limits import DOWNLOAD_BYTES
from lib.demo.pictures import photo_size, picture_type
from lib.demo.refusal import bad
from lib.demo.request_body import Upload
from lib.demo.world import File, Json, World

_THUMBNAIL = 90  # pixels of the longer side of the smallest size


def photo_content(world: World, file: Upload | str) -> Json:
    """Keep a photo; raises Refused for what is none. Sizes come from small to large."""
    content = find_file(world, file, "photo").content if isinstance(file, str) else file.content
    width, height = photo_size(content)
    sizes = []
    for longest in dict.fromkeys((min(_THUMBNAIL, max(width, height)), max(width, height))):
        stored = world.add_file("photo", "photo.jpg", picture_type(content), content)
        shown = [max(1, round(side * longest / max(width, height))) for side in (width, height)]
        sizes.append({**_identity(stored), "width": shown[0], "height": shown[1]})
    return {"photo": sizes}


def document_content(world: World, file: Upload | str) -> Json:
    """Keep a document."""
    if isinstance(file, str):
        stored = find_file(world, file, "document")
    else:
        stored = world.add_file("document", file.name.rpartition("/")[2] or "file", file.mime, file.content)
    return {"document": {**_identity(stored), "file_name": stored.name, "mime_type": stored.mime}}


def find_file(world: World, file_id: str, kind: str) -> File:
    """Find a file by its id; raises Refused for addresses, unknown ids and ids of another kind."""
    if file_id.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    file = world.files.get(file_id)
    if file is None:
        raise bad("wrong remote file identifier specified: Wrong character in the string")
    if file.kind != kind:
        raise bad(f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}")
    return file


def describe_file(world: World, file_id: str) -> Json:
    """Say where a file can be fetched."""
    file = world.files.get(file_id)
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(file.content) > DOWNLOAD_BYTES:
        raise bad("file is too big")
    return {**_identity(file), "file_path": file.path}


def _identity(file: File) -> Json:
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": len(file.content)}
