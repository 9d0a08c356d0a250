"""English: what works where."""

TEXTS = {
    "ways": "🎭 <b>Disguises: what works where</b>\nThe last 30 days; ✅ worked, ✖️ didn't.{lines}{places}\n\nNew files get: <b>{usual}</b>. Files that people have stay as they are.",
    "ways_none": "🎭 <b>Disguises: what works where</b>\n\nNothing is known yet: I count once a day what people's devices connect with, and what they try.\n\nNew files get: <b>{usual}</b>. Files that people have stay as they are.",
    "ways_all": "\n\n<b>All networks</b>\n{lines}",
    "ways_network": "\n\n<b>{network}</b>\n{lines}",
    "ways_line": "{way}: ✅ {worked}  ✖️ {failed}",
    "ways_plain": "none, this server is plain WireGuard",
    "done_usual_way": "Done, new files get it",
    "disguise_dns": "like a DNS answer",
    "disguise_quic": "like web traffic (QUIC)",
    "disguise_quiet": "quiet, few packets",
    "disguise_server": "the server's own",
    "disguise_none": "no disguise",
    "disguise_port": "{way}, port {port}",
}
