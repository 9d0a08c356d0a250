"""Check Bot API calls against aiogram's models, and against limits that the models do not include."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from unittest.mock import patch

from pydantic import BaseModel, TypeAdapter, ValidationError

Json = dict[str, Any]
_namespace: dict[str, Any] = {}  # all types, by the names that models use


def _put_off(cls: type[BaseModel], _types_namespace: Mapping[str, Any]) -> None:
    """Replace `model_rebuild` while aiogram is loaded: building all models takes two seconds, ours a tenth."""
    _namespace.update(_types_namespace)


with patch.object(BaseModel, "model_rebuild", classmethod(_put_off)):
    import aiogram.methods
    import aiogram.types
_MIN, _MAX = 0, 1
# (parameter, least, most): lengths in UTF-16 units, before entity parsing for texts without markup
LENGTHS = {
    "text": {"sendMessage": (1, 4096), "editMessageText": (1, 4096), "answerCallbackQuery": (0, 200)},
    "caption": dict.fromkeys(("sendPhoto", "sendDocument", "editMessageCaption", "copyMessage"), (0, 1024)),
    "name": {"setMyName": (0, 64)},
    "description": {"setMyDescription": (0, 512)},
    "short_description": {"setMyShortDescription": (0, 120)},
}


def model_of(name: str) -> type[BaseModel]:
    """Return aiogram's model of a type of the Bot API, ready for use."""
    model: type[BaseModel] = getattr(aiogram.types, name)
    model.model_rebuild(_types_namespace=_namespace)
    return model


def result_type(method: str) -> TypeAdapter[Any]:
    """Return the type of what a method of the Bot API returns, ready for use."""
    adapter: TypeAdapter[Any] = TypeAdapter(methods()[method].__returning__)  # type: ignore[attr-defined]
    adapter.rebuild(_types_namespace=_namespace)
    return adapter


@cache
def methods() -> dict[str, type[BaseModel]]:
    """Return aiogram's model of every Bot API method by its name."""
    found = vars(aiogram.methods).values()
    names = ((getattr(kind, "__api_method__", None), kind) for kind in found if isinstance(kind, type))
    return {name: kind for name, kind in names if isinstance(name, str)}


def complaints(requests: Iterable[Json]) -> list[str]:
    """Return a line for each thing that is wrong with the logged calls."""
    return [f"request {request['id']}, {request['method']}: {what}" for request in requests for what in check(request)]


def check(request: Json) -> Iterator[str]:
    """Check one entry of the request log."""
    model = methods().get(request["method"])
    if model is None:
        yield "there is no such method"
        return
    model.model_rebuild(_types_namespace=_namespace)  # does nothing the next time
    params = _read(model, request)
    try:
        parsed = model.model_validate(params)
    except ValidationError as exc:
        for error in exc.errors():
            yield f"{'.'.join(map(str, error['loc']))}: {error['msg']}"
        return
    attached = {name for name in request["files"] if f"attach://{name}" in json.dumps(params)}
    yield from (f"unknown field {name}" for name in extras(parsed) if name not in attached)
    yield from _lengths(request["method"], params)


def extras(model: BaseModel, path: str = "") -> Iterator[str]:
    """Yield the fields of a model that the API does not know."""
    yield from (f"{path}{name}" for name in model.model_extra or {})
    for name in type(model).model_fields:
        value = getattr(model, name)
        for part in _flat(value):
            yield from extras(part, f"{path}{name}.")


def _flat(value: Any) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _flat(item)


def _read(model: type[BaseModel], request: Json) -> Json:
    """Convert a call to what the models expect: JSON strings parsed, uploads replaced by their names."""
    params = dict(request["params"])
    for name, value in params.items():
        text = isinstance(value, str) and value[:1] in ("{", "[")
        if text and name in model.model_fields and model.model_fields[name].annotation is not str:
            try:
                params[name] = json.loads(value)
            except ValueError:
                continue
    own = {name: file["file_name"] for name, file in request["files"].items() if name in model.model_fields}
    return {**params, **own}


def _lengths(method: str, params: Mapping[str, Any]) -> Iterator[str]:
    for name, limits in LENGTHS.items():
        if method not in limits or not isinstance(params.get(name), str) or params.get("parse_mode"):
            continue
        units = len(params[name].encode("utf-16-le")) // 2
        if not limits[method][_MIN] <= units <= limits[method][_MAX]:
            yield f"{name} has {units} units, allowed are {limits[method]}"
    yield from _button_data(params.get("reply_markup"))


def _button_data(markup: Any) -> Iterator[str]:
    rows = markup.get("inline_keyboard", []) if isinstance(markup, dict) else []
    for button in (button for row in rows for button in row):
        size = len(str(button.get("callback_data", "-")).encode())
        if not 1 <= size <= 64:
            yield f"callback_data of {button.get('text')!r} has {size} bytes, allowed are 1 to 64"
        if not 1 <= len(button.get("copy_text", {}).get("text", "-")) <= 256:
            yield f"copy_text of {button.get('text')!r} is empty or longer than 256"
