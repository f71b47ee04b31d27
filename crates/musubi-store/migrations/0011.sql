-- A person paused this module pair, whatever its integration does: 1, or 0.
alter table module_sync add column paused BIGINT not null default 0;
