"""What people see of a response: its text, and what of it is quoted or kept. Pure."""

import codecs
import re
from functools import lru_cache

from probes.net.http import Response
from probes.tools import Tools

CHARSET = re.compile(r"(?:^|[;\s])charset=\"?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
SHOWN = 1024  # characters of an unwelcome body that are kept as evidence
QUOTED = 80  # characters of a value that a detail quotes
ODD = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf_7"})


def quoted(value: str) -> str:
    """Write a text of theirs for a detail: on one line, cut."""
    line = "".join(letter if letter.isprintable() else "�" for letter in value[: QUOTED + 1])
    return f'"{line[:QUOTED]}…"' if len(line) > QUOTED else f'"{line}"'


def keep(tools: Tools, response: Response) -> None:
    """Keep what somebody will want to see of an answer that was not as expected."""
    tools.learned.evidence["response"] = {
        "status": response.status,
        "content_type": response.headers.get("content-type", "")[:SHOWN],
        "location": _without_query(response.headers.get("location", ""))[:SHOWN],
        "body": text(response)[:SHOWN],
    }


def _without_query(address: str) -> str:
    """Write where a redirect leads without what may open a door there."""
    shown, more, _ = address.replace("#", "?").partition("?")
    return f"{shown}{'?…' * bool(more)}"


def text(response: Response) -> str:
    """Decode the body by its own charset; one that we do not know is read as UTF-8."""
    named = CHARSET.search(response.headers.get("content-type", ""))
    return response.body.decode(_charset(named[1]) if named else "utf-8", "replace")


@lru_cache(maxsize=256)
def _charset(name: str) -> str:
    """Accept what really is a charset: some of Python's encodings take hours, or know no "replace"."""
    try:
        known = codecs.lookup(name).name
        b"a".decode(known, "replace")
    except (LookupError, ValueError):
        return "utf-8"
    return known if known.replace("-", "_") not in ODD else "utf-8"
