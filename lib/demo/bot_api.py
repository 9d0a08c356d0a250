"""One call of the Bot API: find the method, note what is odd about the parameters, do it, keep it in the log."""

from __future__ import annotations

import re
from typing import Any

from lib.demo.arguments import Arguments
from lib.demo.editing import EDITING
from lib.demo.profile import PROFILE
from lib.demo.refusal import Refused, bad
from lib.demo.request_body import Body
from lib.demo.sending import SENDING
from lib.demo.signatures import METHODS, PARAMETERS, REQUIRED
from lib.demo.world import Json, World

_METHODS = {**SENDING, **EDITING, **PROFILE}
_TOKEN = re.compile(r"[1-9]\d{0,19}:[A-Za-z0-9_-]+")


def check_token(world: World, token: str) -> None:
    """Refuse a call in another bot's name."""
    if not _TOKEN.fullmatch(token):
        raise Refused(404, "Not Found")
    if token != world.token:
        raise Refused(401, "Unauthorized")


def call(world: World, name: str, body: Body) -> Any:
    """Perform a method and give its result; raises Refused. Holds the world's lock, except while it waits."""
    method = METHODS.get(name.lower())
    with world.changed:
        if method is None:
            world.violate(name, "unknown method, or one that this stand lacks")
            raise Refused(404, "Not Found: method not found")
        args = Arguments(method, body)
        _check_names(world, method, body)
        try:
            return _METHODS[method](world, args)
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as exc:
            args.complaints.append(f"parameters of the wrong kind: {exc!r}")
            raise bad("can't parse parameters: wrong type") from exc
        finally:
            for complaint in args.complaints:
                world.violate(method, complaint)


def _check_names(world: World, method: str, body: Body) -> None:
    given = {*body.values, *body.files}
    attached = set(re.findall(r"attach://([^\"'\s\\]+)", repr(body.values)))
    for name in sorted(given - PARAMETERS[method] - attached):
        world.violate(method, f"unknown parameter {name!r}")
    for name in sorted(REQUIRED[method] - given):
        world.violate(method, f"missing parameter {name!r}")


def describe(body: Body) -> Json:
    """Show the parameters for the log: compound strings read, files by name and size."""
    files = {
        name: {"file_name": file.name, "mime": file.mime, "size": len(file.content)}
        for name, file in body.files.items()
    }
    return {"params": dict(body.values), "files": files}
