-- Refuses to commit an approved change that is not applied. It is the last guard of the rule "approved means applied".
create or replace function refuse_unapplied_change() returns trigger
language plpgsql as $$
begin
  if not exists (select from changes c
    where c.organization_id = new.organization_id and c.request_id = new.id and c.state in ('applying', 'applied')) then
    raise exception 'change % would be approved without being applied', new.id using errcode = 'check_violation';
  end if;
  return null;
end $$;
