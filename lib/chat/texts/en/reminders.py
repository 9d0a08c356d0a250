"""English: reminders of a config's end and of the limit."""

TEXTS = {
    "expiry_near": "⏳ “{name}” expires on {until}, {left} left. Need it longer? Ask the admin now.",
    "expiry_over": "⌛ “{name}” expired on {until}, so its VPN is off. Once it's extended, it works again with the same file.",
    "quota_near": "📊 Most of this month's limit of {quota} is used: {left} left. After that the VPN is off until {date}.",
    "quota_shut": "⚠️ This month's limit of {quota} is used up, the VPN is off until {date} and comes back by itself. If you need it sooner, ask the admin.",
    "quota_reopened": "🟢 You have traffic again, and the VPN works as before.",
}
