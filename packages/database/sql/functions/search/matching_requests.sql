-- The rows that a filter of find_requests matches in the organization $1, with id and created_at, as text for a
-- statement. Reads only request_search where that table holds all that the filter asks for.
create or replace function matching_requests(p_filter jsonb) returns text
language plpgsql stable as $$
begin
  if p_filter ? 'search' and p_filter - array['search', 'statuses', 'priorities', 'source'] = '{}' then
    return format('request_search where %s and words @@ websearch_to_tsquery(''english'', %L)',
      filter_requests('organization_id = $1', (p_filter - 'search')::json), p_filter ->> 'search');
  end if;
  return 'requests where ' || filter_requests('organization_id = $1', p_filter::json);
end $$;
