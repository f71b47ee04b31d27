-- What a person decided about records of a module sync. Whoever works on the sync carries it out and answers; then what was decided is forgotten, for it names
-- values.
create table decision (
    sync BIGINT not null,
    id BIGINT not null,
    at BIGINT not null,
    actor TEXT not null,
    body TEXT not null,
    answered_at BIGINT,
    answer TEXT,
    primary key (sync, id)
) /*without rowid*/;
create index decision_open on decision (sync, id) where answered_at is null;
