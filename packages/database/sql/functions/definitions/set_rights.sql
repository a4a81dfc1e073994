-- Gives the two roles these rights on a table and no others, for ../../access.sql. p_app, p_system: lists for GRANT, such as
-- `select, insert`; null: none.
create or replace function set_rights(p_table text, p_app text, p_system text) returns void
language plpgsql as $$
begin
  execute format('revoke all on %I from sayso_app, sayso_system', p_table);
  if p_app is not null then execute format('grant %s on %I to sayso_app', p_app, p_table); end if;
  if p_system is not null then execute format('grant %s on %I to sayso_system', p_system, p_table); end if;
end $$;
revoke all on function set_rights(text, text, text) from public;
