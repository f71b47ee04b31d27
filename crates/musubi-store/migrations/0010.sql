-- The plan that a person approved for a module sync, boiled down to what it does: nothing else is done while it stands here.
create table approval (
    sync BIGINT not null primary key,
    plan BYTEA not null
) /*without rowid*/;
