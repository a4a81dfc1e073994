-- Says whether the transaction's viewer sees every request. True in a transaction without a viewer, which is Sayso's own.
create or replace function sees_every_request() returns boolean
language sql stable parallel safe
as $$ select coalesce(current_setting('sayso.viewer_keys', true), '') = '' $$;
