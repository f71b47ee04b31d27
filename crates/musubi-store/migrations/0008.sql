-- What failed is also listed in the order of time, over all modules.
create index attention_since on attention (sync, state, created_at, id);
