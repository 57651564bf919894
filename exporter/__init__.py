"""Written out: text that others read."""
