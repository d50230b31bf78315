-- Self-help articles and canned replies. One row for each language of an article as it stands now, and one for each
-- version that it ever had; `record` is the whole text as JSON, beside it only what is looked up or searched.

CREATE TABLE article_texts (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    article  TEXT    NOT NULL,
    language TEXT    NOT NULL CHECK (language IN ('en', 'fr')),
    version  INTEGER NOT NULL,
    state    TEXT    NOT NULL CHECK (state IN ('draft', 'published', 'withdrawn')),
    title    TEXT    NOT NULL,
    body     TEXT    NOT NULL,
    record   TEXT    NOT NULL,
    UNIQUE (article, language)
) STRICT;

CREATE TABLE article_versions (
    article  TEXT    NOT NULL,
    language TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    record   TEXT    NOT NULL,
    PRIMARY KEY (article, language, version)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER article_versions_are_never_changed BEFORE UPDATE ON article_versions BEGIN SELECT RAISE(ABORT, 'versions of articles are never changed'); END;

-- Accents and case do not matter to a search (sqlite.org/fts5.html, 4.3.1).
CREATE VIRTUAL TABLE article_words USING fts5 (
    title, body,
    content = 'article_texts', content_rowid = 'number',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '3 4'
);
CREATE TRIGGER article_words_are_added AFTER INSERT ON article_texts BEGIN
    INSERT INTO article_words (rowid, title, body) VALUES (new.number, new.title, new.body);
END;
CREATE TRIGGER article_words_are_changed AFTER UPDATE OF title, body ON article_texts BEGIN
    INSERT INTO article_words (article_words, rowid, title, body) VALUES ('delete', old.number, old.title, old.body);
    INSERT INTO article_words (rowid, title, body) VALUES (new.number, new.title, new.body);
END;

CREATE TABLE replies (
    id      TEXT    PRIMARY KEY,
    version INTEGER NOT NULL,
    record  TEXT    NOT NULL
) STRICT;
