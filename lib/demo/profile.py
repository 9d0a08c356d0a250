"""The methods around the conversation: who the bot is, its updates, its menu, files and chats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lib.demo.arguments import Arguments
from lib.demo.limits import check_commands
from lib.demo.media import describe_file
from lib.demo.refusal import bad
from lib.demo.world import Json, Person, World

_ABILITIES = {
    "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False,
    "can_connect_to_business": False, "has_main_web_app": False,
}  # fmt: skip
_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), True
)


def get_me(world: World, args: Arguments) -> Json:
    """Say who the bot is."""
    return {**world.bot(), **_ABILITIES}


def get_updates(world: World, args: Arguments) -> list[Json]:
    """Hand out what happened; waits."""
    world.updates.allow(args.item("allowed_updates", "allowed updates JSON object"))
    limit = args.number("limit") if "limit" in args.values else 100
    return world.updates.poll(args.number("offset"), max(1, limit), args.number("timeout"))


def set_webhook(world: World, args: Arguments) -> bool:
    """Note a webhook, which is never called: it only keeps pollers away."""
    url = args.text("url")
    if url and not url.startswith("https://"):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    world.updates.allow(args.item("allowed_updates", "allowed updates JSON object"))
    return _webhook(world, args, url)


def delete_webhook(world: World, args: Arguments) -> bool:
    """Forget the webhook."""
    return _webhook(world, args, "")


def _webhook(world: World, args: Arguments, url: str) -> bool:
    world.updates.webhook = url
    if args.flag("drop_pending_updates"):
        world.updates.drop()
    world.changed.notify_all()
    return True


def get_webhook_info(world: World, args: Arguments) -> Json:
    """Tell what stands about the webhook."""
    info = {"has_custom_certificate": False, "pending_update_count": world.updates.pending()}
    return {"url": world.updates.webhook, **info, "allowed_updates": sorted(world.updates.allowed)}


def set_commands(world: World, args: Arguments) -> bool:
    """Set the menu of commands for a scope and a language."""
    commands = args.item("commands", "commands list")
    check_commands(commands)
    world.commands[_scope(world, args)] = [
        {"command": command["command"].lstrip("/"), "description": command["description"]} for command in commands
    ]
    world.publish("commands")
    return True


def get_commands(world: World, args: Arguments) -> list[Json]:
    """Give the menu as it was set."""
    return world.commands.get(_scope(world, args), [])


def delete_commands(world: World, args: Arguments) -> bool:
    """Take a menu away."""
    world.commands.pop(_scope(world, args), None)
    world.publish("commands")
    return True


def commands_for(world: World, person: Person) -> list[Json]:
    """Give the menu that a person sees: the narrowest scope counts, and in it the person's language."""
    scopes = (f"chat:{person.chat_id}", "all_private_chats", "default")
    keys = [(scope, language) for scope in scopes for language in (person.language_code, "")]
    return next((world.commands[key] for key in keys if world.commands.get(key)), [])


def _scope(world: World, args: Arguments) -> tuple[str, str]:
    scope = args.item("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict) or "type" not in scope:
        raise bad('can\'t parse BotCommandScope: expected an Object with the field "type"')
    if scope["type"] == "chat":
        return f"chat:{world.reach(int(scope.get('chat_id', 0))).chat_id}", args.text("language_code")
    return str(scope["type"]), args.text("language_code")


def _setter(name: str) -> Callable[[World, Arguments], Any]:
    def set_it(world: World, args: Arguments) -> bool:
        world.profile[f"{name}:{args.text('language_code')}"] = args.text(name)
        world.publish("bot")
        return True

    return set_it


def _getter(name: str) -> Callable[[World, Arguments], Any]:
    return lambda world, args: {name: _profile(world, name, args.text("language_code"))}


def _profile(world: World, name: str, language: str) -> str:
    """Give what was set for a language, else for all."""
    default = world.bot()["first_name"] if name == "name" else ""
    return str(world.profile.get(f"{name}:{language}") or world.profile.get(f"{name}:") or default)


def describe_bot(world: World, language: str) -> Json:
    """Show the bot as people see it before they write."""
    return {**world.bot(), "first_name": _profile(world, "name", language),
            "description": _profile(world, "description", language)}  # fmt: skip


def set_menu_button(world: World, args: Arguments) -> bool:
    """Set what the button beside the input does."""
    button = args.item("menu_button", "menu button JSON object") or {"type": "default"}
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad("can't parse menu button: unsupported type specified")
    world.profile[f"menu:{args.number('chat_id')}"] = button
    return True


def get_menu_button(world: World, args: Arguments) -> Json:
    """Tell what the button beside the input does."""
    own = world.profile.get(f"menu:{args.number('chat_id')}") or world.profile.get("menu:0")
    return dict(own or {"type": "default"})


def get_file(world: World, args: Arguments) -> Json:
    """Say where a file can be fetched."""
    return describe_file(world, args.text("file_id"))


def get_chat(world: World, args: Arguments) -> Json:
    """Describe a private chat."""
    person = args.person(world)
    return {**person.chat(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}


def agree(world: World, args: Arguments) -> bool:
    """Say yes to logOut and close, which mean nothing here."""
    return True


PROFILE: dict[str, Callable[[World, Arguments], Any]] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
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
    "getFile": get_file,
    "getChat": get_chat,
    "logOut": agree,
    "close": agree,
}
