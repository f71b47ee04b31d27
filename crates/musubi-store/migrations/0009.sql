-- Pairs whose attachments are carried over: when they are to be looked at (the greatest number: when their turn comes), how often that was asked for, when they
-- were looked at last, and how often that failed in a row.
create table attached (
    sync BIGINT not null,
    left_id TEXT not null,
    right_id TEXT not null,
    due BIGINT not null,
    asked BIGINT not null,
    looked_at BIGINT not null,
    tries BIGINT not null,
    primary key (sync, left_id)
) /*without rowid*/;
create index attached_due on attached (sync, due, left_id);
create index attached_looked on attached (sync, looked_at, left_id);
create index attached_right on attached (sync, right_id);

-- What is remembered of single attachments of these pairs.
create table attachment (
    sync BIGINT not null,
    left_id TEXT not null,
    side BIGINT not null,
    id TEXT not null,
    state BIGINT not null,
    until BIGINT not null,
    size BIGINT not null,
    name TEXT not null,
    hash BYTEA,
    other TEXT,
    primary key (sync, left_id, side, id)
) /*without rowid*/;
