-- Module syncs that were taken out. What they remember stays, in its tables, until the same modules of the same two accounts are tied again or a person forgets
-- it. Their row in module_sync belongs to no integration meanwhile: the number there is their own, negated.
create table remembered (
    sync BIGINT not null primary key,
    workspace BIGINT not null,
    integration TEXT not null,
    removed_at BIGINT not null,
    body TEXT not null
) /*without rowid*/;
