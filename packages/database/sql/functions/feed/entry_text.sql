-- The text from which an event's hash is computed. packages/core/src/audit/entry-hash.ts builds the same text.
create or replace function entry_text(
  p_id uuid, p_request_id uuid, p_sequence integer, p_type text, p_actor_kind text, p_actor_id uuid,
  p_created_at timestamptz, p_data json) returns text
language sql stable parallel safe
as $$
  select concat_ws(E'\n', p_id, p_request_id, p_sequence, p_type, p_actor_kind, p_actor_id,
                   (extract(epoch from p_created_at) * 1000)::bigint, p_data)
$$;
