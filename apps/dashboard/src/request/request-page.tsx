import type { InboxItem } from "@sayso/client";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { api, queryClient } from "../api.ts";
import { countOf, toInput, type Filters } from "../inbox/filters/filters.ts";
import { addressOf, sourceOf, type Source } from "../inbox/filters/opened-from.ts";
import { compareInInbox } from "../inbox/order.ts";
import { useShortcuts } from "../keyboard/shortcuts.ts";
import { NotFoundPage } from "../shell/fallback-pages.tsx";
import { strings } from "../strings/index.ts";
import { heldIds } from "./votes/held-votes.ts";
import { decidingQuery } from "./queries.ts";
import styles from "./request-page.module.css";
import { RequestView } from "./request-view.tsx";

const route = getRouteApi("/requests/$id");
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The page of one request. It leads back to the list that the request was opened from, with the list's search and
 * filters. After a decision, a person who came from the inbox goes on to the request below this one in the same list, and
 * after its last one back to the list.
 */
export function RequestPage() {
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const { request } = strings;
  const source = sourceOf(search) ?? { list: "all", filters: {} };
  const list = addressOf(source);
  const isFromInbox = source.list === "inbox";
  useShortcuts(request.keys.title, [
    { keys: "u", label: request.keys.back, run: () => void navigate(list) },
  ]);
  const goOn = async () => {
    const next = await findBelow(id, source.filters);
    if (next === undefined) return navigate(list);
    return navigate({ to: "/requests/$id", params: { id: next.id }, search, replace: true });
  };
  if (!uuid.test(id)) return <NotFoundPage />;
  return (
    <RequestView
      key={id}
      id={id}
      above={
        <Link className={styles.back} {...list}>
          <ArrowLeft aria-hidden />
          {nameOf(source)}
        </Link>
      }
      onCast={isFromInbox ? () => void goOn() : undefined}
    />
  );
}

function nameOf({ list, filters }: Source): string {
  const { back, filtered } = strings.request;
  const isFiltered = filters.search !== undefined || countOf(filters) > 0;
  return isFiltered ? filtered(back[list]) : back[list];
}

const PAGE = 100;

/**
 * Finds the request that follows this one in the inbox with these filters, and that has no vote of the person on its way.
 */
async function findBelow(id: string, filters: Filters): Promise<InboxItem | undefined> {
  const done = new Set([id, ...heldIds()]);
  const { approval: decided } = await queryClient.ensureQueryData(decidingQuery(id));
  for (let page = 1; ; page++) {
    const { data, total } = await api.listInbox({ ...toInput(filters), page, page_size: PAGE });
    const next = data.find((item) => !done.has(item.id) && compareInInbox(decided, item) < 0);
    if (next !== undefined || page * PAGE >= total) return next;
  }
}
