-- A person paused this module pair, whatever its integration does: 1, or 0.
alter table module_sync add column paused BIGINT not null default 0;

-- The org's id was said by a person, and is no finding of ours: 1, or 0. Of connections from before nobody knows.
alter table connection add column org_named BIGINT not null default 1;
