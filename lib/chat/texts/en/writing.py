"""English: what friends write."""

TEXTS = {
    "write_offer": "✉️ <b>Send this to the admin?</b>{text}",
    "write_trouble": "🆘 <b>Is something not working?</b>{text}\n\nI can check your connection right now: that often helps at once. Your message can still go to the admin afterwards.",
    "write_look": "🆘 Check the connection",
    "write_send": "✉️ Send",
    "write_anyway": "✉️ Send it to the admin anyway",
    "written": "✅ <b>The admin has your message.</b>{text}\n\nThe answer will come here.",
    "bad_writing": "I can pass on up to {most} characters at once. Please shorten it or send it in parts; menu: /start.",
    "only_words": "I can only pass on text. Write what you'd like to tell the admin, or open the menu: /start.",
}
