-- What operators did at run time, one row each, for ever: who, when, what, to which thing. Maintenance windows
-- and silences are the fold of it, so that nothing may change in it afterwards.
CREATE TABLE operations (
    serial INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    author TEXT,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    document TEXT NOT NULL
) STRICT;

CREATE TRIGGER operations_stay BEFORE UPDATE ON operations
BEGIN SELECT RAISE(ABORT, 'operations are never changed'); END;

CREATE TRIGGER operations_remain BEFORE DELETE ON operations
BEGIN SELECT RAISE(ABORT, 'operations are never deleted'); END;

-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER operations_are_new BEFORE INSERT ON operations
WHEN EXISTS (SELECT 1 FROM operations WHERE serial = NEW.serial)
BEGIN SELECT RAISE(ABORT, 'operations are never replaced'); END;
