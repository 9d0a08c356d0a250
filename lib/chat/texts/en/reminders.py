"""English: reminders of a config's end and of the limit."""

TEXTS = {
    "expiry_near": "⏱ “{name}” expires on {until}, {left} left. Need it longer? Ask the admin now.",
    "expiry_over": "⌛ “{name}” expired on {until}, so its VPN is off. Once it's extended, it works again with the same file.",
    "quota_near": "📊 Most of this month's limit of {quota} is used: {left} left. After that the VPN is off until {date}.",
    "quota_shut": "⚠️ This month's limit of {quota} is used up: the VPN is off until {date}, then it comes back by itself. Need it sooner? Ask the admin.",
    "quota_reopened": "🟢 You have traffic again, and the VPN works as before.",
    "expiry_near_there": "⏱ <b>Expires soon</b>\n📵 {owner}\n\n“{name}” expires on {until}, {left} left. Needed longer? Set a later date on its page.",
    "expiry_over_there": "⌛ <b>Expired</b>\n📵 {owner}\n\n“{name}” expired on {until}, so its VPN is off. With a later date it works again, with the same file.",
    "quota_near_there": "📊 <b>Most of the limit is used</b>\n📵 {owner}\n\nOf this month's {quota}, {left} is left. After that the VPN is off until {date}.",
    "quota_shut_there": "⚠️ <b>The limit is used up</b>\n📵 {owner}\n\nThis month's {quota} is used up: the VPN is off until {date}, then it comes back by itself. Needed sooner? Raise the limit on their page.",
    "quota_reopened_there": "🟢 <b>Traffic again</b>\n📵 {owner}\n\nThe VPN works as before.",
}
