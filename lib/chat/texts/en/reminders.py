"""English: reminders of a config's end and of the limit."""

TEXTS = {
    "expiry_near": "⏳ “{name}” works until {until}, {left} more. Need it longer? Ask the admin now.",
    "expiry_over": "⌛ The time of “{name}” was over on {until}, its VPN is off. Given more time, it works on with the same file.",
    "quota_near": "📊 Most of this month's limit of {quota} is used: {left} left. After that the VPN is off until {date}.",
    "quota_shut": "⚠️ This month's limit of {quota} is used up, the VPN is off. It comes back by itself on {date}; if you need it sooner, ask the admin.",
    "quota_reopened": "🟢 The limit is open again, and the VPN works as before.",
}
