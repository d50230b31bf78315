-- What came to a ticket after it was erased was never due. One that was reopened may have got names since: it is looked at once more.
UPDATE tickets SET erased = 0 WHERE erased = 1 AND json_extract(record, '$.reopened') > 0;
