-- The keys of the transaction's viewer (viewer_keys_of). Null: the viewer sees every request.
create or replace function viewer_keys() returns uuid[]
language sql stable parallel safe
as $$ select nullif(current_setting('sayso.viewer_keys', true), '')::uuid[] $$;
