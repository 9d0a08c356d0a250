"""What an attacker might send: names and texts, commands, callback data."""

from __future__ import annotations

import re

REORDERS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HOSTILE = (
    "<b>bold", "</b></pre><a href='tg://user?id=1'>x</a>", "<script>alert(1)</script>", "a & b &lt; &lt;b&gt; &#60;b",
    "&amp;lt;&", "<", "{name}{0}%s%(who)s", "\u202eevil\u202c", "\u2067\u2068\u061c\u200f", "a\u200b\u200d\ufeffb",
    "\u200b\u200b", "\u2800\u3164", "💥" * 64, "🧑🏽\u200d🚀" * 16, "Я" * 4096, "A" + "💥" * 2047, "a" + "\u0301" * 500,
    "\0", "a\0b\x01\x1b[31m\x7f\x85", "\ud83d", "a\udfffb\ud800", "x'; DROP TABLE users; --", '" OR 1=1 --',
    "$(reboot) `id` ; rm -rf / | cat && true", "../../etc/passwd", "..", "C:\\nul", "con", "a/b\\c:d*e?f", "two\nlines",
    "a\r\u2028\u2029b", "-rf", ".hidden", "👤 Somebody asks to come in\n\nID: 1", "שלום العربية", "  ", "1",
)  # fmt: skip
START = ["/start", "/start abc", "/start@andrey_bot", "/start@andrey_bot abc", "/start " + "A" * 64, "/start <b>",
         "/start ../../etc", "/start\nabc", "/start \0", "/start \u202e", "/start@" + "x" * 4000]  # fmt: skip
FORGED = [
    "", ":", ":::", "decide", "decide:100", "decide:x:pending:approved", "decide:100:pending:approved:more",
    "decide:100:captcha:approved", "decide:100:approved:pending", "decide:-1:pending:approved", "judge:1:issued",
    "decide: 100:pending:approved", "decide:100:pending:approved\n", "DECIDE:100:pending:approved", "judge:1",
    f"decide:{2**63}:pending:approved", f"judge:{2**64}:approved", f"config:{10**60}", "qr:9999999999999999",
    "config:١", "config:１", "config:1e3", "config:0x1", "config:+1", "config:1 OR 1=1", "device:bomb",
    "device:../../etc", "device:\ud800", "digit:1:7:7", "cancel:\0", "\0", "💥" * 16, "menu:" + "A" * 4000, "А",
    "nothing:1", "menu\u202e", "<b>", "\ud83d",
]  # fmt: skip
