-- Gives a table this policy, for ../../access.sql. Leaves a policy alone that has this definition already, because
-- replacing it locks the table. p_definition: the statement's part after the table's name.
create or replace function set_policy(p_table text, p_name text, p_definition text) returns void
language plpgsql as $$
declare
  v_table regclass := p_table::regclass;
begin
  if p_definition = (
    select obj_description(p.oid, 'pg_policy') from pg_policy p where p.polrelid = v_table and p.polname = p_name
  ) then return; end if;
  execute format('drop policy if exists %I on %I', p_name, p_table);
  execute format('create policy %I on %I %s', p_name, p_table, p_definition);
  execute format('comment on policy %I on %I is %L', p_name, p_table, p_definition);
end $$;
revoke all on function set_policy(text, text, text) from public;
