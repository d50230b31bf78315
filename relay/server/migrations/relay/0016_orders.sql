-- Everything that the command line does is an order from now on, kept until the log tells of it. What it did before and does not
-- stand in the log yet becomes one, in the order of its instants.
INSERT INTO orders (at, what) SELECT at, what FROM (
    SELECT at, id, json_object('person', json_object('person', person, 'change', kind)) AS what FROM people_changes
    WHERE id > coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'people_changes_logged'), 0)
    UNION ALL
    SELECT at, id, CASE kind
        WHEN 'card' THEN json_object('card_installed', json_object('card', json_extract(content, '$.card.serial'),
            'person', json_extract(content, '$.card.person'), 'device', json_extract(content, '$.card.device'),
            'expires_at', json_extract(content, '$.card.expires_at')))
        ELSE json_object('revocations_installed', json_object('number', json_extract(content, '$.revocations.number'),
            'revoked', json_array_length(content, '$.revocations.revoked'))) END
    FROM card_installs
    WHERE id > coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'card_installs_logged'), 0)
    UNION ALL
    SELECT unixepoch() * 1000, 0, json_object('retention_set', json_object('months', CAST(value AS INTEGER))) FROM meta
    WHERE name = 'setting.audit_months' AND value IS NOT (SELECT value FROM meta WHERE name = 'setting.audit_months_logged')
    UNION ALL
    SELECT unixepoch() * 1000, 0, json_object('hours_set', json(value)) FROM meta
    WHERE name = 'setting.business_hours' AND value IS NOT (SELECT value FROM meta WHERE name = 'setting.business_hours_logged')
    UNION ALL
    SELECT unixepoch() * 1000, 0,
        json_object('second_factor_required', json_object('required', json(iif(value = 'yes', 'true', 'false')))) FROM meta
    WHERE name = 'setting.second_factor.required' AND (value = 'yes') IS NOT coalesce(
        (SELECT value = 'yes' FROM meta WHERE name = 'setting.second_factor.required.logged'), 0)
) ORDER BY at, id;

DROP TABLE people_changes;
DELETE FROM meta WHERE name IN ('people_changes_logged', 'card_installs_logged', 'setting.audit_months_logged',
    'setting.business_hours_logged', 'setting.second_factor.required.logged');
