"""English: “Try another way”."""

TEXTS = {
    "another_way": "🎭 Try another way",
    "next_way": "🎭 Try the next way",
    "stop_trying": "✖️ Stop trying",
    "watch_again": "🔄 Watch again",
    "how_to_add": "❓ How do I add it?",
    "trying": "🎭 <b>{name}: another way</b>\nNow: {way}.\n\n1. Switch the VPN off in the app.\n2. Add this file: it becomes a second tunnel, <code>{tunnel}</code>.\n"
    "3. Switch that one on and open any site.\n\nI'm watching, and in a few minutes I'll tell you whether it got through.",
    "watching": "🎭 <b>{name}: another way</b>\n\nSwitch the new tunnel on and open any site. I'm watching, and in a few minutes I'll tell you.",
    "way_works": "✅ <b>{name}: it got through</b>\nNow: {way}.\n\nKeep this tunnel, and delete the older one in the app.",
    "way_fails": "🎭 <b>{name}: not this one</b>\n\nYour device reaches the server, but no connection is made. Let's try the next way.",
    "way_silent": "🎭 <b>{name}: nothing has come yet</b>\n\nIf the new tunnel is on, this way doesn't get through: try the next one. If you haven't switched it on yet, do so, and let me watch again.",
    "ways_over": "🎭 <b>{name}: that was the last way</b>\n\nNothing got through. The server's address itself is probably blocked on this network. "
    "Try another network, such as Wi-Fi instead of mobile data, and tell the admin.\n\nIn the app, you can delete the tunnels you tried.",
    "trying_stopped": "🎭 <b>{name}</b>\n\nI've stopped watching. Your earlier file hasn't changed; in the app, you can delete the tunnels you tried.",
}
