-- Second factors: one an account. `secret` is encrypted under a key of keys.db; `last_step` is the last step of RFC 6238
-- that was accepted, which is accepted no more; `wrong_codes` counts since the last right one.
CREATE TABLE second_factors (
    person      INTEGER PRIMARY KEY REFERENCES people (id),
    secret      BLOB    NOT NULL,
    last_step   INTEGER,
    wrong_codes INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Recovery codes that are left; `hash` is SHA-256 of account and code, which has 80 random bits.
CREATE TABLE recovery_codes (
    person INTEGER NOT NULL REFERENCES people (id),
    hash   TEXT    NOT NULL,
    PRIMARY KEY (person, hash)
) STRICT, WITHOUT ROWID;

-- There are more kinds of changes now; which ones there are is the program's to know.
CREATE TABLE people_changes_of_all_kinds (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    kind   TEXT    NOT NULL,
    person INTEGER NOT NULL REFERENCES people (id)
) STRICT;
INSERT INTO people_changes_of_all_kinds (id, at, kind, person) SELECT id, at, kind, person FROM people_changes;
DROP TABLE people_changes;
ALTER TABLE people_changes_of_all_kinds RENAME TO people_changes;

-- `page` is SHA-256 of the key that the page holds beside the cookie. Sign-ins from before have none and end.
DELETE FROM console_sign_ins;
ALTER TABLE console_sign_ins ADD COLUMN page TEXT NOT NULL DEFAULT '';
