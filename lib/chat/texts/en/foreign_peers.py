"""English: peers made by hand."""

TEXTS = {
    "foreign": "🧩 <b>Peers added by hand: {count}</b>\n\nThe bot leaves them alone. Choose one to give to a friend or to remove.",
    "foreign_none": "🧩 No peers were added by hand: all on the interface are the bot's.",
    "foreign_peer": "🧩 <b>{title}</b>\n\nAddresses: {addresses}\nKey: <code>{public_key}</code>\nConnection: {seen}\n"
    "On its counters: ⬇️ {download}  ⬆️ {upload}\n\n{note}",
    "peer_free": "Give it to a friend: its traffic will be counted, and blocking the friend will switch it off.",
    "peer_network": "It doesn't have the addresses of a single device, so it can't be a friend's config. Leave it, or remove it.",
    "peer_evicted": "Removed {span} ago. If it comes back from the interface's own file, it will be removed again.",
    "give_away": "👤 Give to a friend",
    "evict": "🗑 Remove",
    "pardon": "↩️ Stop removing it",
    "choose_heir": "👤 Whose device is {title}?",
    "confirm_heir": "👤 <b>Give this peer to a friend?</b>\n🧩 {title}\n👤 {name} ({username})\n\nThey'll be told, will see its traffic, and can make a new file.",
    "confirm_heir_offline": "👤 <b>Give this peer to this person?</b>\n🧩 {title}\n📵 {name}\n\nIts traffic will be counted on this person's page.",
    "give_away_now": "✅ Yes, it's theirs",
    "confirm_evict": "🗑 <b>Remove {title}?</b>\n\nIts device loses the connection at once. You can undo that decision, but the peer itself only comes back from the interface's file.",
    "done_adopted": "Given to the friend",
    "done_evicted": "It's being removed",
    "done_pardoned": "It may come back",
    "name_adopted": "Device {address}",
    "you_were_given": "🔑 A device you already use is now in your account: “{name}”. It works as before, and you can see its traffic here: /configs.",
    "already_evicted": "It has already been removed. Look again: /status.",
    "not_adoptable": "It doesn't have the addresses of a single device, so it can't be given to a friend. Back to the server: /status.",
    "address_held": "A friend's config already has the same address. Remove one of the two; the server: /status.",
    "not_inside": "This person no longer has access. Choose someone else: /status.",
}
