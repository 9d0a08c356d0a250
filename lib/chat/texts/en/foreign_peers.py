"""English: peers made by hand."""

TEXTS = {
    "foreign": "🧩 <b>Peers that the bot did not make: {count}</b>\n\nThe bot leaves them alone. Choose one to give it to a friend or to remove "
    "it.",
    "foreign_none": "🧩 Every peer on the interface is the bot's.",
    "foreign_peer": "🧩 <b>{title}</b>\n\nAddresses: {addresses}\nKey: <code>{public_key}</code>\nConnection: {seen}\n"
    "On its counters: ⬇️ {download}  ⬆️ {upload}\n\n{note}",
    "peer_free": "Give it to a friend: then its traffic is counted, and blocking the friend switches it off.",
    "peer_network": "It does not have the addresses of just one device, so it can't be a friend's config. Leave it, or remove it.",
    "peer_evicted": "Removed {span} ago. Should it come back from the interface's own file, it is removed again.",
    "give_away": "👤 Give to a friend",
    "evict": "🗑 Remove",
    "pardon": "↩️ Don't remove it any more",
    "choose_heir": "👤 Whose device is {title}?",
    "confirm_heir": "👤 Give this peer to a friend?\n🧩 {title}\n👤 {name} ({username})\n\nThey are told, see its traffic, and can make themselves a new file.",
    "give_away_now": "✅ Yes, it is theirs",
    "confirm_evict": "🗑 Remove {title}?\n\nIts device loses the connection at once. You can take that back, but the peer itself comes back only with "
    "the interface's file.",
    "done_adopted": "Given to the friend",
    "done_evicted": "It is being removed",
    "done_pardoned": "It may come back",
    "name_adopted": "Device {address}",
    "you_were_given": "🔑 The admin put a device of yours under your name: “{name}”. It works as before, and its traffic is counted here: /configs.",
    "already_evicted": "It was removed already. Look again: /status.",
    "not_adoptable": "It does not have the addresses of just one device, so no friend can hold it. Back to the server: /status.",
    "address_held": "A friend's config has the same address already. Remove one of the two; the server: /status.",
    "not_inside": "That person has no access any more. Choose somebody else: /status.",
}
