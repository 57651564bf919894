-- What was found out about an outage of a check when it was confirmed: the way to its host. `outage` is its start,
-- `at` when the way was followed (ms); it is kept as long as the outage itself.
CREATE TABLE traces (
    check_name TEXT NOT NULL,
    outage INTEGER NOT NULL,
    at INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (check_name, outage)
) STRICT, WITHOUT ROWID;
