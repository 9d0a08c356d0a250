"""The colours that all cards share: dark paper, which doesn't glare in a dark chat, and text that stands out on it."""

PAPER, TEXT, FAINT = "#22303f", "#f2f6fa", "#aebdcb"
