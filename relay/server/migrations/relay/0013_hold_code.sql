-- What the relay itself holds something for is a code, and worded where it is shown; `reason` is then empty. Somebody may have
-- written the relay's very words themselves: those stay where the session was never reported.
ALTER TABLE holds ADD COLUMN code TEXT;
UPDATE holds SET code = 'abuse_reported', reason = '' WHERE reason = 'The user reported abuse' AND session IN
    (SELECT id FROM sessions WHERE json_extract(record, '$.abuse_reported_at') IS NOT NULL);
