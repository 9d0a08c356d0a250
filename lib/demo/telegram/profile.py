"""The methods about the bot itself: its name, its descriptions, its command menu and its menu button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lib.demo.telegram.api_error import bad_request
from lib.demo.telegram.arguments import Arguments
from lib.demo.telegram.limits import check_commands
from lib.demo.telegram.models import Json, Person
from lib.demo.telegram.state import TelegramState

_ABILITIES = {
    "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False,
    "can_connect_to_business": False, "has_main_web_app": False,
}  # fmt: skip


def get_me(state: TelegramState, args: Arguments) -> Json:
    """Describe the bot."""
    return {**state.bot(), **_ABILITIES}


def set_commands(state: TelegramState, args: Arguments) -> bool:
    """Set the command menu for a scope and a language."""
    commands = args.item("commands", "commands list")
    check_commands(commands)
    state.commands[_scope_key(state, args)] = [
        {"command": command["command"].lstrip("/"), "description": command["description"]} for command in commands
    ]
    state.publish("commands")
    return True


def get_commands(state: TelegramState, args: Arguments) -> list[Json]:
    """Return the command menu for exactly this scope and language."""
    return state.commands.get(_scope_key(state, args), [])


def delete_commands(state: TelegramState, args: Arguments) -> bool:
    """Delete the command menu for a scope and a language."""
    state.commands.pop(_scope_key(state, args), None)
    state.publish("commands")
    return True


def commands_for(state: TelegramState, person: Person) -> list[Json]:
    """Return the command menu that a person sees: the one with the narrowest scope, if possible in their language."""
    scopes = (f"chat:{person.id}", "all_private_chats", "default")
    keys = [(scope, language) for scope in scopes for language in (person.language_code, "")]
    return next((state.commands[key] for key in keys if state.commands.get(key)), [])


def _scope_key(state: TelegramState, args: Arguments) -> tuple[str, str]:
    scope = args.item("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict) or "type" not in scope:
        raise bad_request('can\'t parse BotCommandScope: expected an Object with the field "type"')
    if scope["type"] == "chat":
        return f"chat:{state.find_recipient(int(scope.get('chat_id', 0))).id}", args.text("language_code")
    return str(scope["type"]), args.text("language_code")


def _setter(name: str) -> Callable[[TelegramState, Arguments], Any]:
    def set_value(state: TelegramState, args: Arguments) -> bool:
        state.profile[f"{name}:{args.text('language_code')}"] = args.text(name)
        state.publish("bot")
        return True

    return set_value


def _getter(name: str) -> Callable[[TelegramState, Arguments], Any]:
    return lambda state, args: {name: _profile_value(state, name, args.text("language_code"))}


def _profile_value(state: TelegramState, name: str, language: str) -> str:
    """Return the value for a language, or the one for all other languages."""
    default = state.bot()["first_name"] if name == "name" else ""
    return str(state.profile.get(f"{name}:{language}") or state.profile.get(f"{name}:") or default)


def describe_bot(state: TelegramState, language: str) -> Json:
    """Return what people see of the bot before they write to it."""
    return {**state.bot(), "first_name": _profile_value(state, "name", language),
            "description": _profile_value(state, "description", language)}  # fmt: skip


def set_menu_button(state: TelegramState, args: Arguments) -> bool:
    """Set what the menu button beside the input field does."""
    button = args.item("menu_button", "menu button JSON object") or {"type": "default"}
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse menu button: unsupported type specified")
    state.profile[f"menu:{args.number('chat_id')}"] = button
    return True


def get_menu_button(state: TelegramState, args: Arguments) -> Json:
    """Return what the menu button beside the input field does."""
    button = state.profile.get(f"menu:{args.number('chat_id')}") or state.profile.get("menu:0")
    return dict(button or {"type": "default"})


PROFILE: dict[str, Callable[[TelegramState, Arguments], Any]] = {
    "getMe": get_me,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setMyName": _setter("name"),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description"),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description"),
    "getMyShortDescription": _getter("short_description"),
    "setChatMenuButton": set_menu_button,
    "getChatMenuButton": get_menu_button,
}
