-- Keys of the personal fields in audit records, one per person and session or ticket. Erasing rows here makes what they
-- encrypt unreadable for good and leaves every proof intact. Kept apart so that its backups can be short-lived.
CREATE TABLE keys (
    scope TEXT PRIMARY KEY,
    key   BLOB NOT NULL CHECK (length(key) = 32)
) STRICT;
