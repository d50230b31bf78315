-- Few sessions are ever reported as abuse: those that were are found without reading all.
CREATE INDEX sessions_reported ON sessions (ticket) WHERE json_extract(record, '$.abuse_reported_at') IS NOT NULL;
