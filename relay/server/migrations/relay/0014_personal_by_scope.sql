-- What a key opens is counted before it is deleted.
CREATE INDEX personal_by_scope ON personal (scope);
