-- What people are told of, and what is still to go out.

create table notice (
    id BIGINT not null primary key,
    workspace BIGINT not null,
    at BIGINT not null,
    event TEXT not null,
    about TEXT not null,
    body TEXT not null
) /*without rowid*/;

-- One row for each receiver of a notice. Without a due time it is over: it arrived, or was given up.
create table notice_delivery (
    notice BIGINT not null,
    address TEXT not null,
    due BIGINT,
    tries BIGINT not null,
    done_at BIGINT,
    error TEXT,
    primary key (notice, address)
) /*without rowid*/;
create index notice_delivery_due on notice_delivery (due, notice) where due is not null;

-- What holds at present and is worth telling, so that it is told once: also when the process that saw it is not there any more.
create table notice_condition (
    workspace BIGINT not null,
    about TEXT not null,
    kind TEXT not null,
    since BIGINT not null,
    told_at BIGINT,
    body TEXT not null,
    primary key (workspace, about, kind)
) /*without rowid*/;

-- Secrets of a workspace that belong to no connection.
create table kept_secret (
    workspace BIGINT not null,
    name TEXT not null,
    value BYTEA not null,
    primary key (workspace, name)
) /*without rowid*/;
