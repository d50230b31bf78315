-- What keeps tickets from being erased, and what the command line ordered while a relay may be running.

-- A hold of a session holds its ticket as well.
CREATE TABLE holds (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    ticket  INTEGER NOT NULL REFERENCES tickets (number),
    session TEXT    REFERENCES sessions (id),
    reason  TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX holds_once ON holds (ticket, coalesce(session, ''));

-- Each row goes with the batch that carries it out, and is in the audit log from then on.
CREATE TABLE orders (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    at   INTEGER NOT NULL,
    what TEXT    NOT NULL
) STRICT;

-- 1 once everybody's names are gone from it.
ALTER TABLE tickets ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;

-- Nothing of a version changes but its author's name, which can be erased.
DROP TRIGGER article_versions_are_never_changed;
CREATE TRIGGER article_versions_are_never_changed BEFORE UPDATE ON article_versions
WHEN new.article <> old.article OR new.language <> old.language OR new.version <> old.version
    OR json_set(new.record, '$.author.name', '') <> json_set(old.record, '$.author.name', '')
BEGIN SELECT RAISE(ABORT, 'versions of articles are never changed'); END;
