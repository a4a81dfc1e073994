import type { InboxItem } from "@sayso/client";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { api, queryClient } from "../api.ts";
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
 * The page of one request. After a decision, a person who came from the inbox goes on to the request below this one, and
 * after the last one back to the inbox.
 */
export function RequestPage() {
  const { id } = route.useParams();
  const isFromInbox = route.useSearch().from === "inbox";
  const navigate = useNavigate();
  const { request } = strings;
  const list = isFromInbox ? "/inbox" : "/requests";
  useShortcuts(request.keys.title, [
    { keys: "u", label: request.keys.back, run: () => void navigate({ to: list }) },
  ]);
  const goOn = async () => {
    const next = await findBelow(id);
    if (next === undefined) return navigate({ to: "/inbox" });
    return navigate({
      to: "/requests/$id",
      params: { id: next.id },
      search: { from: "inbox" },
      replace: true,
    });
  };
  if (!uuid.test(id)) return <NotFoundPage />;
  return (
    <RequestView
      key={id}
      id={id}
      above={
        <Link className={styles.back} to={list}>
          <ArrowLeft aria-hidden />
          {isFromInbox ? request.backToInbox : request.backToRequests}
        </Link>
      }
      onCast={isFromInbox ? () => void goOn() : undefined}
    />
  );
}

const PAGE = 100;

/** Finds the request that follows this one in the inbox and has no vote of the person on its way. */
async function findBelow(id: string): Promise<InboxItem | undefined> {
  const done = new Set([id, ...heldIds()]);
  const { approval: decided } = await queryClient.ensureQueryData(decidingQuery(id));
  for (let page = 1; ; page++) {
    const { data, total } = await api.listInbox({ page, page_size: PAGE });
    const next = data.find((item) => !done.has(item.id) && compareInInbox(decided, item) < 0);
    if (next !== undefined || page * PAGE >= total) return next;
  }
}
