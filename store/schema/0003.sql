-- The results of one source in one hour, packed (store/packing.py). Those of an hour lie here or in `results`,
-- never in both. Rows in the order in which they were packed, which is nearly that of time: what is pruned lies
-- together.
CREATE TABLE hours (
    source INTEGER NOT NULL REFERENCES sources (id),
    hour INTEGER NOT NULL,
    count INTEGER NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (source, hour)
) STRICT;

-- One row: the latest hour of which anything was ever packed. A result after it needs no look into `hours`.
CREATE TABLE packed (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    hour INTEGER NOT NULL
) STRICT;

-- Grid attempts of hours whose results were pruned; `fast` are the good ones that took at most the threshold.
CREATE TABLE counts (
    source INTEGER NOT NULL REFERENCES sources (id),
    hour INTEGER NOT NULL,
    good INTEGER NOT NULL,
    bad INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    PRIMARY KEY (source, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE fast (
    source INTEGER NOT NULL REFERENCES sources (id),
    hour INTEGER NOT NULL,
    threshold_ms INTEGER NOT NULL,
    good INTEGER NOT NULL,
    PRIMARY KEY (source, hour, threshold_ms)
) STRICT, WITHOUT ROWID;

-- What was judged of a check, over all its sites. It follows from the results, for as long as they are kept.
CREATE TABLE stretches (
    check_name TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (check_name, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE outages (
    check_name TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER,
    last_bad INTEGER NOT NULL,
    last_good_before INTEGER,
    first_good INTEGER,
    PRIMARY KEY (check_name, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE blips (
    check_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (check_name, at)
) STRICT, WITHOUT ROWID;

-- Where judging goes on after a restart: the results up to `at` are in `state`.
CREATE TABLE checkpoints (
    check_name TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    state TEXT NOT NULL
) STRICT;

-- How often results of a check have changed in a way that whoever judges it cannot have seen: an import, or a
-- result that came late. What was judged before is no longer written. No row is 0.
CREATE TABLE revisions (
    check_name TEXT PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: the end of the latest hour of which results of any check were pruned.
CREATE TABLE pruned (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    until INTEGER NOT NULL
) STRICT;

CREATE INDEX checkpoints_at ON checkpoints (at);
