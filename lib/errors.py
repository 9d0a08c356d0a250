"""Every error that the project raises. Its text says what was tried, on what, and what came back."""

from __future__ import annotations

from collections.abc import Sequence


class BotError(Exception):
    """The base of everything that the bot raises on purpose."""


class SettingsError(BotError):
    """Settings are bad or missing; the text lists all of them, one per line.

    `missing` names required settings that are not given, `bad` these and the invalid ones.
    """

    def __init__(self, problems: Sequence[str], missing: Sequence[str] = (), bad: Sequence[str] = ()) -> None:
        super().__init__("\n".join(problems))
        self.problems, self.missing, self.bad = tuple(problems), tuple(missing), tuple(bad)


class FileFault(str):
    """What is wrong with a settings file, in English; `key` names the text that says it in any language."""

    def __new__(cls, english: str, key: str, **values: object) -> FileFault:
        fault = super().__new__(cls, english)
        fault.key, fault.values = key, values
        return fault

    key: str
    values: dict[str, object]


class DatabaseError(BotError):
    """The database file can't be used: not ours, too new, unwritable, or in use by another copy of the bot.

    `key` names the text of the command line that says it in any language, '' if there is none.
    """

    def __init__(self, english: str, key: str = "", **values: object) -> None:
        super().__init__(english)
        self.key, self.values = key, values


class DatabaseBusy(DatabaseError):
    """The database can't be used at the moment: locked, a full disk, a read that failed. It may pass by itself."""


class Refused(BotError):
    """A person may not do this now; `key` names the text in chat/texts that says what to do next."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class AwgError(BotError):
    """The node or a tool failed; `kind` says why.

    It is missing, not_permitted, no_interface, timeout, garbage (unreadable), refused (by the node), no_node or failed.
    """

    def __init__(self, text: str, kind: str = "failed") -> None:
        super().__init__(text)
        self.kind = kind


class ParametersError(BotError):
    """No client could use the interface's parameters; each fault is the key of a text in chat/texts, and its values."""

    def __init__(self, faults: Sequence[tuple[str, dict[str, str]]]) -> None:
        super().__init__("; ".join(" ".join((key, *values.values())) for key, values in faults))
        self.faults = tuple(faults)


class SubnetFull(BotError):
    """No address is free in a subnet of the interface."""


class NoIPv4(BotError):
    """The interface has no IPv4 address, so there is no subnet for configs; the text names what it has."""


class TelegramError(BotError):
    """A call to Telegram failed; the subclasses say what to do about it."""


class RetryLater(TelegramError):
    """Telegram or the network is busy: try again after `seconds`; with `of_chat` only this chat has to wait."""

    def __init__(self, text: str, seconds: float, of_chat: bool = False) -> None:
        super().__init__(text)
        self.seconds, self.of_chat = seconds, of_chat


class Unreachable(TelegramError):
    """The person blocked the bot, left Telegram, or never wrote to it: stop sending."""


class ChatMoved(TelegramError):
    """The chat has a new id, `chat_id`."""

    def __init__(self, text: str, chat_id: int) -> None:
        super().__init__(text)
        self.chat_id = chat_id


class AlreadyDone(TelegramError):
    """Nothing is left to do: not modified, query too old, message gone."""


class MessageGone(TelegramError):
    """The message to edit no longer exists: send a new one."""


class BadRequest(TelegramError):
    """Telegram refuses the request that we built: a bug of ours."""


class AnotherPoller(TelegramError):
    """409: another program polls with the same token."""


class WrongToken(TelegramError):
    """401 or 404: the token is not valid; nothing can work."""
