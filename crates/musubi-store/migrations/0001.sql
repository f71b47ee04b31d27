-- Who: workspaces and what they are connected to.

create table counter (
    name TEXT not null primary key,
    value BIGINT not null
) /*without rowid*/;

create table key_check (
    id BIGINT not null primary key,
    value BYTEA not null
) /*without rowid*/;

create table workspace (
    id BIGINT not null primary key,
    name TEXT not null unique,
    created_at BIGINT not null
) /*without rowid*/;

create table setting (
    workspace BIGINT not null,
    name TEXT not null,
    value TEXT not null,
    primary key (workspace, name)
) /*without rowid*/;

create table audit (
    workspace BIGINT not null,
    id BIGINT not null,
    at BIGINT not null,
    actor TEXT not null,
    action TEXT not null,
    body TEXT not null,
    primary key (workspace, id)
) /*without rowid*/;

create table connection (
    id BIGINT not null primary key,
    workspace BIGINT not null,
    name TEXT not null,
    service TEXT not null,
    data_centre TEXT,
    base_url TEXT,
    org TEXT not null,
    secrets BYTEA,
    created_at BIGINT not null,
    unique (workspace, name)
) /*without rowid*/;

-- One access token per connection; whoever holds the claim refreshes it.
create table token (
    connection BIGINT not null primary key,
    version BIGINT not null,
    secret BYTEA,
    expires_at BIGINT not null,
    claimed_until BIGINT not null
) /*without rowid*/;

-- API credits spent, per hour; the row of hour -1 is only a lock.
create table credit (
    connection BIGINT not null,
    hour BIGINT not null,
    used BIGINT not null,
    primary key (connection, hour)
) /*without rowid*/;

create table channel (
    connection BIGINT not null,
    id TEXT not null,
    module TEXT not null,
    token BYTEA not null,
    until BIGINT not null,
    primary key (connection, id)
) /*without rowid*/;

-- What is kept in agreement.

create table integration (
    id BIGINT not null primary key,
    workspace BIGINT not null,
    name TEXT not null,
    left_connection BIGINT not null,
    right_connection BIGINT not null,
    state TEXT not null,
    config TEXT not null,
    created_at BIGINT not null,
    unique (workspace, name)
) /*without rowid*/;

create table module_sync (
    id BIGINT not null primary key,
    workspace BIGINT not null,
    integration BIGINT not null,
    position BIGINT not null,
    left_module TEXT not null,
    right_module TEXT not null,
    config TEXT not null,
    mapping_version BIGINT not null,
    restored_at BIGINT,
    created_at BIGINT not null,
    unique (integration, left_module, right_module)
) /*without rowid*/;

create table mapping_version (
    sync BIGINT not null,
    version BIGINT not null,
    slots TEXT not null,
    created_at BIGINT not null,
    primary key (sync, version)
) /*without rowid*/;

-- Who works on which partition. A partition is one module sync.

create table lease (
    partition BIGINT not null primary key,
    holder TEXT not null,
    epoch BIGINT not null,
    until BIGINT not null
) /*without rowid*/;

create table process (
    name TEXT not null primary key,
    heartbeat BIGINT not null,
    body TEXT not null
) /*without rowid*/;

-- What a module sync remembers. These rows change only under the lease of their sync.

create table sync_state (
    sync BIGINT not null primary key,
    state BYTEA not null
) /*without rowid*/;

create table link (
    sync BIGINT not null,
    left_id TEXT not null,
    right_id TEXT not null,
    state BIGINT not null,
    body BYTEA not null,
    primary key (sync, left_id),
    unique (sync, right_id)
) /*without rowid*/;

-- Most links are at rest; those that are not are few, and are counted and listed by this alone.
create index link_open on link (sync, state, left_id) where state <> 0;

create table unlinked (
    sync BIGINT not null,
    side BIGINT not null,
    id TEXT not null,
    state BIGINT not null,
    due BIGINT not null,
    body BYTEA not null,
    primary key (sync, side, id)
) /*without rowid*/;
create index unlinked_due on unlinked (sync, state, due);

-- Keys are in no order, so each row written is a page of the table written: a pair that was linked with the same key on both sides has one row, of side 2,
-- with the left record's id and the right one's in `other`.
create table match_key (
    sync BIGINT not null,
    key BYTEA not null,
    side BIGINT not null,
    id TEXT not null,
    other TEXT,
    primary key (sync, key, side, id)
) /*without rowid*/;

create table intent (
    sync BIGINT not null,
    id BIGINT not null,
    epoch BIGINT not null,
    side BIGINT not null,
    kind BIGINT not null,
    state BIGINT not null,
    created_at BIGINT not null,
    deadline BIGINT not null,
    body BYTEA not null,
    primary key (sync, id)
) /*without rowid*/;

-- Match keys of creates under way: two creates cannot have the same one.
create table reservation (
    sync BIGINT not null,
    side BIGINT not null,
    key BYTEA not null,
    intent BIGINT not null,
    primary key (sync, side, key)
) /*without rowid*/;
create index reservation_intent on reservation (sync, intent);

create table journal (
    sync BIGINT not null,
    seq BIGINT not null,
    at BIGINT not null,
    side BIGINT not null,
    left_id TEXT,
    right_id TEXT,
    kind BIGINT not null,
    body BYTEA not null,
    primary key (sync, seq)
) /*without rowid*/;
create index journal_left on journal (sync, left_id);
create index journal_right on journal (sync, right_id);

create table run (
    sync BIGINT not null,
    id BIGINT not null,
    kind BIGINT not null,
    started_at BIGINT not null,
    ended_at BIGINT,
    body BYTEA not null,
    primary key (sync, id)
) /*without rowid*/;

create table run_outcome (
    sync BIGINT not null,
    run BIGINT not null,
    outcome TEXT not null,
    reason TEXT not null,
    count BIGINT not null,
    sample TEXT not null,
    primary key (sync, run, outcome, reason)
) /*without rowid*/;

create table attention (
    sync BIGINT not null,
    id BIGINT not null,
    kind BIGINT not null,
    state BIGINT not null,
    due BIGINT not null,
    left_id TEXT,
    right_id TEXT,
    field TEXT,
    code TEXT not null,
    created_at BIGINT not null,
    tries BIGINT not null,
    closed_at BIGINT,
    body BYTEA not null,
    primary key (sync, id)
) /*without rowid*/;
create index attention_due on attention (sync, state, due);
create index attention_left on attention (sync, left_id);
create index attention_right on attention (sync, right_id);

-- A child that waits for its parent to be linked, in the parent's sync.
create table parked (
    sync BIGINT not null,
    side BIGINT not null,
    id TEXT not null,
    parent_sync BIGINT not null,
    parent_side BIGINT not null,
    parent_id TEXT not null,
    primary key (sync, side, id, parent_sync, parent_side, parent_id)
) /*without rowid*/;
create index parked_parent on parked (parent_sync, parent_side, parent_id);

-- Records that may have changed: from webhooks, and children whose parent was linked. Anyone may add one.
create table hint (
    sync BIGINT not null,
    side BIGINT not null,
    id TEXT not null,
    at BIGINT not null,
    primary key (sync, side, id)
) /*without rowid*/;
