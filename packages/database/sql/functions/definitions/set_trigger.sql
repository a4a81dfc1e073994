-- Gives a table this trigger, for ../../triggers.sql. Leaves a trigger alone that has this definition already, because
-- replacing it locks the table. p_definition: the statement's part from `after` or `before` on, with {table} for the
-- table.
create or replace function set_trigger(p_table text, p_name text, p_definition text, p_kind text default 'trigger')
returns void
language plpgsql as $$
declare
  v_table regclass := p_table::regclass;
begin
  if p_definition = (
    select obj_description(t.oid, 'pg_trigger') from pg_trigger t where t.tgrelid = v_table and t.tgname = p_name
  ) then return; end if;
  execute format('drop trigger if exists %I on %I', p_name, p_table);
  execute format('create %s %I %s', p_kind, p_name, replace(p_definition, '{table}', format('%I', p_table)));
  execute format('comment on trigger %I on %I is %L', p_name, p_table, p_definition);
end $$;
revoke all on function set_trigger(text, text, text, text) from public;
