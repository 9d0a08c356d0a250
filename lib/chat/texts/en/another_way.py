"""English: “Try another way”."""

TEXTS = {
    "another_way": "🎭 Try another way",
    "next_way": "🎭 Try the next one",
    "stop_trying": "✖️ Stop trying",
    "watch_again": "🔄 Watch again",
    "how_to_add": "❓ How do I add it?",
    "trying": "🎭 <b>{name}: another way</b>\nThis time: {way}\n\n1. Switch the VPN off in the app.\n2. Add this file. It shows up as a new tunnel: <code>{tunnel}</code>.\n"
    "3. Switch that one on and open any site.\n\nI'm watching. In a few minutes I'll tell you if it gets through.",
    "trying_there": "🎭 <b>{name}: another way</b>\n📵 {person}\nThis time: {way}\n\n1. Switch the VPN off on their device.\n2. Add this file there. It shows up as a new tunnel: <code>{tunnel}</code>.\n"
    "3. Switch that one on and open any site.\n\nI'm watching. In a few minutes I'll tell you if it gets through.",
    "watching": "🎭 <b>{name}</b>\n\nI'm watching again. Switch the new tunnel on and open any site: you'll hear from me in a few minutes.",
    "watching_there": "🎭 <b>{name}</b>\n📵 {owner}\n\nI'm watching again. Switch the new tunnel on there and open any site: you'll hear from me in a few minutes.",
    "way_works": "✅ <b>{name}: it got through!</b>\nWhat worked: {way}\n\nKeep this tunnel, and delete the old one in the app.",
    "way_works_there": "✅ <b>{name}: it got through!</b>\n📵 {owner}\nWhat worked: {way}\n\nThis tunnel stays; the old one can be deleted in their app.",
    "way_fails": "🎭 <b>{name}: not this one</b>\n\nYour device reaches the server, but nothing gets through. Try the next one?",
    "way_fails_there": "🎭 <b>{name}: not this one</b>\n📵 {owner}\n\nThe device reaches the server, but nothing gets through. Try the next one?",
    "way_silent": "🎭 <b>{name}: nothing yet</b>\n\nIs the new tunnel on? Then this way is blocked, so try the next one. Still off? Switch it on and tap “Watch again”.",
    "way_silent_there": "🎭 <b>{name}: nothing yet</b>\n📵 {owner}\n\nIs the new tunnel on? Then this way is blocked, so try the next one. Still off? Switch it on there and tap “Watch again”.",
    "ways_over": "🎭 <b>{name}: that was the last one</b>\n\nNothing got through. The server's address itself is probably blocked on this network. "
    "Try another network, such as Wi-Fi instead of mobile data, and tell the admin.\n\nThe tunnels you tried can be deleted in the app.",
    "ways_over_there": "🎭 <b>{name}: that was the last one</b>\n📵 {owner}\n\nNothing got through. The server's address itself is probably blocked on their network. "
    "Another network may work, such as Wi-Fi instead of mobile data.\n\nThe tunnels you tried can be deleted in their app.",
    "trying_stopped": "🎭 <b>{name}</b>\n\nI've stopped watching. Your earlier file hasn't changed; the tunnels you tried can be deleted in the app.",
    "trying_stopped_there": "🎭 <b>{name}</b>\n📵 {owner}\n\nI've stopped watching. The earlier file hasn't changed; the tunnels you tried can be deleted in their app.",
    "config_is_off": "This config is off right now, so another way won't help. Its page says why: /start.",
    "kept_by_another": "This person's files go to another admin: {who}. Ask them to try, or issue a new config: its files will come to you. Menu: /start.",
}
