-- Sets the transaction's organization and its viewer: the kind and id of a person or a connection. For an admin, and
-- for Sayso itself, p_kind is null. Computes the viewer's keys once, so queries cost nothing more where everybody sees
-- every request.
create or replace function enter_organization(
  p_organization_id uuid, p_kind text, p_id uuid, out organization_id uuid, out sees_every boolean)
language plpgsql as $$
declare
  v_keys uuid[] := case when p_kind is not null then viewer_keys_of(p_organization_id, p_kind, p_id) end;
begin
  perform set_config('sayso.organization_id', p_organization_id::text, true),
    set_config('sayso.viewer_keys', coalesce(v_keys::text, ''), true);
  organization_id := p_organization_id;
  sees_every := v_keys is null;
end $$;
