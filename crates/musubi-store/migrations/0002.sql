-- Who may look and who may change things.

create table member (
    id BIGINT not null primary key,
    workspace BIGINT not null,
    name TEXT not null,
    email TEXT not null,
    role TEXT not null,
    password TEXT not null,
    language TEXT,
    theme TEXT not null,
    active BIGINT not null,
    created_at BIGINT not null,
    last_seen_at BIGINT,
    unique (workspace, email)
) /*without rowid*/;

-- A session is known by a digest of what the browser holds, so a copy of the database opens none.
create table session (
    digest BYTEA not null primary key,
    member BIGINT not null,
    created_at BIGINT not null,
    seen_at BIGINT not null,
    expires_at BIGINT not null
) /*without rowid*/;
create index session_member on session (member);

create table api_token (
    id BIGINT not null primary key,
    workspace BIGINT not null,
    member BIGINT not null,
    name TEXT not null,
    scope TEXT not null,
    digest BYTEA not null unique,
    created_at BIGINT not null,
    expires_at BIGINT not null,
    used_at BIGINT
) /*without rowid*/;

-- What a call that starts something was answered, so that the same call sent again starts nothing. Without a status it is still at work.
create table answer (
    member BIGINT not null,
    name TEXT not null,
    request BYTEA not null,
    started_at BIGINT not null,
    status BIGINT,
    body BYTEA,
    primary key (member, name)
) /*without rowid*/;
