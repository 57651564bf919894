"""Small documents of a packed hour, as few bytes: JSON, deflated from a beginning that all of them share.

WORDS belongs to the format of packed hours: a change of it is another version of that.
"""

import json
import zlib
from typing import Any

RAW = -15  # deflate without header and checksum, with a window of 32 KiB
WORDS = b"""
["unknown","bug"],["unknown","unreadable"],["unknown","mailbox_unavailable"],["unknown","rate_limited"],\
["unknown","policy"],["unknown","locked_out"],["unknown","credential"],["unknown","missing_capability"],\
["unknown","missing_secret"],["unknown","overload"],["unknown","blind",\
["bad","missed"],["bad","declared"],["bad","delivered_to_spam"],["bad","delivered_late"],\
["bad","not_delivered"],["bad","too_large"],["bad","protocol"],["bad","assertion"],["bad","auth_rejected"],\
["bad","proxy"],["bad","tls_name"],["bad","tls_untrusted"],["bad","tls_not_yet_valid"],["bad","tls_expired"],\
["bad","tls_handshake"],["bad","dns_nxdomain"],["bad","dns_failure"],["bad","connect_unreachable",\
["bad","connect_refused",["bad","reset",["bad","http_status",["bad","connect_timeout",["bad","response_timeout",\
"not done within 10 s; 9.9 s of it went by in the step ",0],["good",null,null,0],["good",null,null,1]],[0,\
[[["resolve"]],[],[["resolve","connect"]],[],[["resolve","connect","processing","transfer"]],[],\
[["resolve","connect","tls"]],[],[null],[],[],[["status_code","content_length","version"]],[],[[200],[null],[1.1]],\
[["resolve","connect","tls","processing","transfer"]],[],\
[["ssl_earliest_cert_expiry","status_code","content_length","version"]],[],[[18],[200],[],[1.1]],"""


def deflate(document: Any) -> bytes:
    """Write a document."""
    text = json.dumps(document, separators=(",", ":")).encode()
    compressor = zlib.compressobj(9, zlib.DEFLATED, RAW, 9, zlib.Z_DEFAULT_STRATEGY, WORDS)
    return compressor.compress(text) + compressor.flush()


def inflate(deflated: bytes) -> Any:
    """Read what `deflate` wrote. Raises zlib.error or ValueError."""
    decompressor = zlib.decompressobj(RAW, WORDS)
    text = decompressor.decompress(deflated) + decompressor.flush()
    return json.loads(text)
