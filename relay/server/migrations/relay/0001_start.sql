-- What the relay keeps. Instants are milliseconds since 1970. Each row that the broker owns holds the whole record as
-- JSON (`record`), and beside it only what lists are filtered, sorted or joined by.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE people (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    login      TEXT    NOT NULL COLLATE NOCASE UNIQUE,
    name       TEXT    NOT NULL,
    role       TEXT    NOT NULL CHECK (role IN ('technician', 'supervisor', 'administrator')),
    level      INTEGER CHECK (level BETWEEN 1 AND 3),
    password   TEXT    NOT NULL,
    disabled   INTEGER NOT NULL DEFAULT 0,
    CHECK ((role = 'technician') = (level IS NOT NULL))
) STRICT;

-- Changes made on the command line, for a running relay to pick up and to write into the audit log.
CREATE TABLE people_changes (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    kind   TEXT    NOT NULL CHECK (kind IN ('added', 'disabled')),
    person INTEGER NOT NULL REFERENCES people (id)
) STRICT;

CREATE TABLE tickets (
    number     INTEGER PRIMARY KEY,
    version    INTEGER NOT NULL,
    request    TEXT    NOT NULL,
    device     TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    technician INTEGER,
    opened_at  INTEGER NOT NULL,
    closed_at  INTEGER,
    search     TEXT    NOT NULL,
    record     TEXT    NOT NULL,
    UNIQUE (device, request)
) STRICT;
CREATE INDEX tickets_by_opened ON tickets (opened_at, number);
CREATE INDEX tickets_by_closed ON tickets (closed_at);

CREATE TABLE sessions (
    id         TEXT    PRIMARY KEY,
    version    INTEGER NOT NULL,
    ticket     INTEGER NOT NULL REFERENCES tickets (number),
    technician INTEGER NOT NULL,
    asked_at   INTEGER NOT NULL,
    ended_at   INTEGER,
    ending     TEXT,
    outcome    TEXT,
    search     TEXT    NOT NULL,
    record     TEXT    NOT NULL
) STRICT;
CREATE INDEX sessions_by_asked ON sessions (asked_at, id);
CREATE INDEX sessions_by_ticket ON sessions (ticket);

CREATE TABLE notes (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket INTEGER NOT NULL REFERENCES tickets (number),
    note   TEXT    NOT NULL
) STRICT;
CREATE INDEX notes_by_ticket ON notes (ticket);

-- Technicians' sign-ins; `hash` is SHA-256 of the token.
CREATE TABLE tokens (
    hash       TEXT    PRIMARY KEY,
    person     INTEGER NOT NULL REFERENCES people (id),
    device     TEXT    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX tokens_by_expiry ON tokens (expires_at);

-- Sign-ins to the console; `hash` is SHA-256 of the cookie.
CREATE TABLE console_sign_ins (
    hash         TEXT    PRIMARY KEY,
    person       INTEGER NOT NULL REFERENCES people (id),
    signed_in_at INTEGER NOT NULL,
    used_at      INTEGER NOT NULL
) STRICT;

-- The audit log. `record` is the canonical JSON that is hashed; rows are only ever added.
CREATE TABLE records (
    seq         INTEGER PRIMARY KEY,
    code        TEXT    NOT NULL,
    ticket      INTEGER,
    session     TEXT,
    session_seq INTEGER,
    record      TEXT    NOT NULL,
    hash        TEXT    NOT NULL
) STRICT;
CREATE INDEX records_by_ticket ON records (ticket);
CREATE UNIQUE INDEX records_by_session ON records (session, session_seq) WHERE session IS NOT NULL;

-- Personal fields of records, encrypted under a key of keys.db.
CREATE TABLE personal (
    seq    INTEGER NOT NULL REFERENCES records (seq),
    name   TEXT    NOT NULL,
    scope  TEXT    NOT NULL,
    sealed BLOB    NOT NULL,
    PRIMARY KEY (seq, name)
) STRICT, WITHOUT ROWID;

-- Signed statements of the log's size and Merkle root; `peaks` (JSON) are the tree's complete subtrees at that size, from
-- which it grows on after a restart.
CREATE TABLE checkpoints (
    size  INTEGER PRIMARY KEY,
    text  TEXT    NOT NULL,
    peaks TEXT    NOT NULL
) STRICT;

CREATE TRIGGER records_are_never_changed BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER records_are_never_removed BEFORE DELETE ON records BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END;
