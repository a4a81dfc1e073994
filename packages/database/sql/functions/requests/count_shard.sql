-- The shard of request_counts that this backend writes.
create or replace function count_shard() returns smallint
language sql volatile as $$ select (pg_backend_pid() % 16)::smallint $$;
