"""English: friends show that a device from before the bot is theirs."""

TEXTS = {
    # claims_shown
    "claim_button": "🙋 I have a VPN here already",
    "claim_card": "🙋 <b>A friend says: this one is mine</b>\n\nWho: {name} ({username}, <code>{id}</code>)\nPeer: {device}\nWhat I saw: {proof}\n"
    "Configs so far: {count} of {limit}",
    "claim_proof_cycle": "it was on, went silent, and came back with a new connection",
    "claim_proof_on": "it was off all along, then came on with a new connection",
    "claim_maybe_awake": ". A phone that just woke up looks the same, so if in doubt, ask them",
    "claim_new_port": ", from a new port, as when an app is switched on",
    "claim_same_port": ", but from the same port: it may only have been asleep. If in doubt, ask them",
    "claim_became_lost": "\n\n✖️ Nothing left to decide: it was given to someone or removed, or this person no longer has access",
    # claiming
    "claims": "🙋 <b>Which one is yours?</b>\n\nThese devices were set up before the bot and don't belong to anyone here yet. Choose yours by its name.{waiting}",
    "claims_none": "🙋 There is nothing left to choose from. Is your VPN from before the bot? Just write here, and the admin will give it to you.{waiting}",
    "claims_waiting": "\n\n⏳ With the admin: {names}",
    "confirm_claim": "🙋 <b>{name}: is it yours?</b>\n\nTo show it, switch this VPN off and on:\n1. Switch it off in its app.\n2. Wait for a minute and a half.\n"
    "3. Switch it on again.\n\nI'll be watching, and I'll tell you what I see. Have the device at hand before we start.",
    "claim_now": "👀 I'm ready",
    "claim_watching": "👀 <b>{name}: I'm watching</b>\n\n1. Switch this VPN off now.\n2. Wait for a minute and a half.\n3. Switch it on again.\n\n"
    "I'll write as soon as I see something. Telegram doesn't open without the VPN? Just do all three steps.",
    "claim_stop_button": "✖️ Stop",
    "claim_stopped": "🙋 <b>{name}</b>\n\nI've stopped watching. Nothing has changed on your device.",
    # claim_watch
    "claim_off": "👀 <b>{name}: it's off</b>\n\nI see it. Now switch it on again: you have two minutes.",
    "claim_again": "👀 <b>{name}: once more, please</b>\n\nThe server restarted while I was watching. Switch the VPN off, wait for a minute and a half, and switch it on again.",
    "claim_proven": "✅ <b>{name}: I saw it</b>\n\nIt went off and came back. The admin has the last word, and I'll write here. Your VPN works as before.",
    "claim_still_on": "🙋 <b>{name}: it didn't go off</b>\n\nI waited two minutes and didn't see it go off. Either the pause was too short, or this name is someone else's device.",
    "claim_not_back": "🙋 <b>{name}: it didn't come back</b>\n\nIt went off, but didn't connect again within two minutes. If yours is on again, this name is probably someone else's device.",
    "claim_was_on": "🙋 <b>{name}: it was on all along</b>\n\nIt was silent for a while, but never off. This name is probably someone else's device.",
    "claim_lost": "🙋 <b>{name}</b>\n\nI've stopped watching: this device has been given to someone, or it's no longer on the server.",
    "claim_interrupted": "🙋 <b>{name}</b>\n\nThe server had a problem, so I couldn't watch. This doesn't count as a try: please start again later.",
    "claim_retry": "🔄 Try again",
    "claim_other": "🙋 Another name",
    # claims
    "claim_given": "🔑 The admin said yes: “{name}” is now in your account. It works as before, and you can see its traffic here: /configs.{off}",
    "claim_declined": "🙋 <b>{name}</b>\n\nThe admin says this one isn't yours. If that's a mistake, just write here.",
    # refusals
    "claim_away": "This peer isn't on the interface right now. Approve it once it's back, or decline it: /requests.",
    "claims_closed": "You can't choose your device here right now. Tell the admin in person which one is yours. Your menu: /start.",
    "claim_running": "I'm watching another device of yours. Stop that first, or wait until it's done. Your menu: /start.",
    "claim_taken": "Someone else is choosing this one, or has it already. Is it yours? Just write here. Other names: /start.",
    "claim_not_yours": "The admin has said that this one isn't yours. If that's a mistake, talk to them in person.",
    "claim_tries": "That was the last of {count} tries for today. Try again tomorrow, or talk to the admin in person.",
    "claim_already_watched": "It's still being watched.",
    "claim_already_failed": "I've stopped watching: nothing was proven.",
    "claim_already_stopped": "I've stopped watching already.",
    "claim_already_lost": "There is nothing left to decide.",
    "claim_already_proven": "I've seen it already: the admin decides.",
    "claim_already_approved": "Already approved by {who}.",
    "claim_already_rejected": "Already declined by {who}.",
}
