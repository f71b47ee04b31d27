-- What was erased on request: who asked and when, and in the body how much it was and the ids of the records, which are not copied again. No value of a record
-- and no address of a person stands here. Without `done_at` some of it is still to do.
create table erasure (
    workspace BIGINT not null,
    id BIGINT not null,
    at BIGINT not null,
    actor TEXT not null,
    kind TEXT not null,
    body TEXT not null,
    done_at BIGINT,
    primary key (workspace, id)
) /*without rowid*/;
