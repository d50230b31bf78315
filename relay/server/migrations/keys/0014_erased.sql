-- How many personal fields the keys opened that were deleted for an order of relay.db (`orders.id`, never used twice), until the
-- log tells of it: counted with the deletion, so that an interrupted erasure is told in full when it is completed.
CREATE TABLE erased (
    ordered INTEGER PRIMARY KEY,
    fields  INTEGER NOT NULL
) STRICT;
