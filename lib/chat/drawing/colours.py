"""The colours that all cards share: dark paper, which no dark chat makes glaring, and words that stand out from it."""

PAPER, TEXT, FAINT = "#22303f", "#f2f6fa", "#aebdcb"
