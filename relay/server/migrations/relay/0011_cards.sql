-- Technicians' cards. Instants are milliseconds since 1970.

-- What the command line brought to the relay, for a running relay to pick up and to write into the audit log: cards
-- (`name` is the serial, `until` when it expires) and lists of revoked cards (`name` is the number). `content` is the signed
-- JSON.
CREATE TABLE card_installs (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL CHECK (kind IN ('card', 'revocations')),
    name    TEXT    NOT NULL,
    until   INTEGER,
    content TEXT    NOT NULL,
    UNIQUE (kind, name)
) STRICT;

-- Technicians' devices that ask for a card, until the organisation fetches it; `request` is the signed JSON.
CREATE TABLE card_requests (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    person  INTEGER NOT NULL REFERENCES people (id),
    device  TEXT    NOT NULL,
    request TEXT    NOT NULL,
    UNIQUE (person, device)
) STRICT;
