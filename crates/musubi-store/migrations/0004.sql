-- A module pair can rest by itself. When it is taken up again, a rule for what both sides changed meanwhile counts until everything was compared.
alter table module_sync add column state TEXT not null default 'active';
alter table module_sync add column meanwhile TEXT;
alter table module_sync add column activated_at BIGINT not null default 0;
