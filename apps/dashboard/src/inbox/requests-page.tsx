import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { strings } from "../strings/index.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { TabLinks } from "../ui/tabs.tsx";
import { FilterBar } from "./filters/filter-bar.tsx";
import { filtersOf, searchOf, type Filters, type ListSearch } from "./filters/filters.ts";
import { ListPart } from "./list/list-page.tsx";
import type { Source } from "./filters/opened-from.ts";
import { ViewBar } from "./filters/view-bar.tsx";

const { lists, titles, which } = strings.inbox;
const tabs: readonly { text: string; list?: ListSearch["list"] }[] = [
  { text: lists.all },
  { text: lists.decided, list: "decided" },
  { text: lists.mine, list: "mine" },
];

/** The page of all requests, with tabs for the decided ones and for the person's own. */
export function RequestsPage() {
  const search = useSearch({ from: "/requests" });
  const navigate = useNavigate({ from: "/requests" });
  const { list } = search;
  const source = useMemo<Source>(
    () => ({ list: list ?? "all", filters: filtersOf(search) }),
    [search, list],
  );
  const setFilters = (filters: Filters) =>
    void navigate({ search: { list, ...searchOf(filters) }, replace: true });
  // The filters stay when a person changes the tab, except the status, because the tabs differ by status.
  const searchIn = (other: ListSearch["list"]): ListSearch => ({
    ...search,
    list: other,
    status: other === list ? search.status : undefined,
  });
  return (
    <>
      <PageHeader title={titles.all} />
      <TabLinks
        label={which}
        tabs={tabs.map((tab) => ({ text: tab.text, to: "/requests", search: searchIn(tab.list) }))}
      />
      <ViewBar source={source} />
      <FilterBar source={source} onFilters={setFilters} />
      <ListPart key={JSON.stringify(source)} source={source} onFilters={setFilters} />
    </>
  );
}
