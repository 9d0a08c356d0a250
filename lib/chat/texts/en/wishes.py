"""English: more traffic and more time."""

TEXTS = {
    # more traffic
    "more_asked": "✅ The admin has your request for more traffic. The answer will come here; once there is more, the VPN turns on by itself.",
    "limit_not_used": "There is still traffic left this month, so there's no need to ask yet. How much: /stats; menu: /start.",
    # more time
    "extension_asked": "✅ The admin has your request for more time for “{name}”. Once it's extended, it works again with the same file.",
    "never_expires": "This config never expires, so there's nothing to extend. Your configs: /configs.",
}
