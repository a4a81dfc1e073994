-- The same as matching_requests, limited to requests that these keys see.
create or replace function matching_seen_requests(p_filter jsonb, p_keys uuid[]) returns text
language plpgsql stable as $$
declare
  v_seen text := format('seen_requests($1, %L)', p_keys);
begin
  if p_filter = '{}' then return v_seen; end if;
  if p_filter ? 'search' and p_filter - array['search', 'statuses', 'priorities', 'source'] = '{}' then
    return format('%s where %s and words @@ websearch_to_tsquery(''english'', %L)',
      v_seen, filter_requests('true', (p_filter - 'search')::json), p_filter ->> 'search');
  end if;
  return format('requests where %s and %s', filter_requests('organization_id = $1', p_filter::json), seen_by(p_keys));
end $$;
