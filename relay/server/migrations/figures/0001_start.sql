-- Facts about tickets, for the team's figures and for nothing else. No name, no summary, no text: numbers, instants, and
-- what happened. All of it is read from the audit log of relay.db and can be read from there again.

-- `next`: the first record that was not read yet; `last`: the hash of the one before it, which tells another log from
-- this one; `reading`: the version of the rules by which records become facts.
CREATE TABLE progress (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    next    INTEGER NOT NULL,
    last    TEXT,
    reading INTEGER NOT NULL
) STRICT;

CREATE TABLE tickets (
    number    INTEGER PRIMARY KEY,
    opened_at INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    open      INTEGER NOT NULL
) STRICT;
CREATE INDEX tickets_by_last ON tickets (last_at);

-- `what` is JSON: the kind of thing, and levels, accounts' numbers, durations.
CREATE TABLE facts (
    seq    INTEGER PRIMARY KEY,
    ticket INTEGER NOT NULL REFERENCES tickets (number) ON DELETE CASCADE,
    at     INTEGER NOT NULL,
    what   TEXT    NOT NULL
) STRICT;
CREATE INDEX facts_by_ticket ON facts (ticket, seq);

-- Self-help articles that solved somebody's problem; not whose.
CREATE TABLE deflections (
    seq      INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    article  TEXT    NOT NULL,
    language TEXT    NOT NULL
) STRICT;
CREATE INDEX deflections_by_instant ON deflections (at);
