"""Asked: every kind of question there is, and how one is put."""

# One line per kind, loaded on use: the word in `checks.yaml` and where its options and its `ask` live.
KINDS: dict[str, str] = {
    "http": "probes.basic.http:Http",
}
