"""English: what somebody says who waits for a decision."""

TEXTS = {
    "said": "✅ The admin sees this on your request:\n\n<blockquote>{text}</blockquote>\n\nThe answer will come here by itself.",
    "bad_saying": "While you wait, I can pass on a text of up to {most} characters, for example who you are. The answer will come here by itself.",
    "said_enough": "The admin already has {count} texts from you. The answer will come here by itself, so there's no need to wait around.",
}
