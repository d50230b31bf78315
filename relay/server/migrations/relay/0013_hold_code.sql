-- What the relay itself holds something for is a code, and worded where it is shown; `reason` is then empty.
ALTER TABLE holds ADD COLUMN code TEXT;
UPDATE holds SET code = 'abuse_reported', reason = '' WHERE session IS NOT NULL AND reason = 'The user reported abuse';
