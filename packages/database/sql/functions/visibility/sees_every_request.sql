-- Says whether the transaction's viewer sees every request. True without a viewer, for Sayso's own transactions.
create or replace function sees_every_request() returns boolean
language sql stable parallel safe
as $$ select coalesce(current_setting('sayso.viewer_keys', true), '') = '' $$;
