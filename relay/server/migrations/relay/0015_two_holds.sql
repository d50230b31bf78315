-- What the relay itself holds something for stands beside what somebody holds it for: each ends by itself.
DROP INDEX holds_once;
CREATE UNIQUE INDEX holds_once ON holds (ticket, coalesce(session, ''), coalesce(code, ''));

-- A removal says why, from now on. One from before that is not in the log yet says that it does not say.
UPDATE orders SET what = json_object('hold_removed', json_object(
    'ticket', json_extract(what, '$.hold_removed.ticket'), 'session', json_extract(what, '$.hold_removed.session'),
    'cause', NULL, 'reason', 'No reason was asked for', 'since', at))
WHERE json_extract(what, '$.hold_removed') IS NOT NULL;
