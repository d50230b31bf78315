-- What the console keeps for its supervisors, and what its pages about one person or one machine are found by.

-- Named filters, each of one account; `filter` is a ViewFilter as JSON.
CREATE TABLE saved_views (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    person INTEGER NOT NULL REFERENCES people (id),
    name   TEXT    NOT NULL,
    -- The name in lower case as Unicode has it: no account has the same name twice.
    folded TEXT    NOT NULL,
    list   TEXT    NOT NULL CHECK (list IN ('sessions', 'tickets')),
    filter TEXT    NOT NULL,
    UNIQUE (person, folded)
) STRICT;

-- `search` is name, line end, machine, in lower case; a name holds no line end.
CREATE INDEX tickets_by_person ON tickets (substr(search, 1, instr(search, char(10)) - 1));
CREATE INDEX tickets_by_machine ON tickets (substr(search, instr(search, char(10)) + 1));

-- What words are searched in beside name and machine: the summary in lower case. (Tickets from before this table's column
-- have the lower case of ASCII letters only.)
ALTER TABLE tickets ADD COLUMN summary TEXT NOT NULL DEFAULT '';
UPDATE tickets SET summary = lower(coalesce(json_extract(record, '$.summary'), ''));
