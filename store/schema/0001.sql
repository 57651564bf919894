-- Times are milliseconds since the Unix epoch, UTC; took and the phases are seconds; documents are JSON.

PRAGMA application_id = 1464561778; -- "WKpr"

-- A check as one site asks it. The short number stands in every row of results.
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    check_name TEXT NOT NULL,
    site TEXT NOT NULL,
    UNIQUE (check_name, site)
) STRICT;

CREATE TABLE results (
    source INTEGER NOT NULL REFERENCES sources (id),
    at INTEGER NOT NULL,
    took REAL NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    detail TEXT,
    phases TEXT,
    facts TEXT,
    extra INTEGER NOT NULL,
    PRIMARY KEY (source, at)
) STRICT, WITHOUT ROWID;

-- Of the last good attempt, and of each bad one.
CREATE TABLE evidence (
    source INTEGER NOT NULL REFERENCES sources (id),
    good INTEGER NOT NULL,
    at INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (source, good, at)
) STRICT;

CREATE TABLE incidents (
    key TEXT NOT NULL,
    episode INTEGER NOT NULL,
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    resolved_at INTEGER,
    document TEXT NOT NULL,
    PRIMARY KEY (key, episode)
) STRICT;

CREATE INDEX incidents_open ON incidents (opened_at) WHERE resolved_at IS NULL;
CREATE INDEX incidents_opened_at ON incidents (opened_at);

-- `serial` is the order of decision, which times cannot give: many may fall into one millisecond.
CREATE TABLE intents (
    serial INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    receiver TEXT NOT NULL,
    key TEXT NOT NULL,
    episode INTEGER NOT NULL,
    action TEXT NOT NULL,
    urgency TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    document TEXT NOT NULL,
    tried_at INTEGER,
    settled_at INTEGER,
    how TEXT,
    settle_detail TEXT
) STRICT;

CREATE INDEX intents_unsettled ON intents (serial) WHERE settled_at IS NULL;

CREATE TABLE memory (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
