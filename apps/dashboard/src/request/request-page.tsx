import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { api } from "../api.ts";
import { useShortcuts } from "../keyboard/shortcuts.ts";
import { NotFoundPage } from "../shell/fallback-pages.tsx";
import { strings } from "../strings/index.ts";
import { heldIds } from "./votes/held-votes.ts";
import styles from "./request-page.module.css";
import { RequestView } from "./request-view.tsx";

const route = getRouteApi("/requests/$id");
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The page of one request. After a decision, a person who came from the inbox goes on to the inbox's first request.
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
    const done = [id, ...heldIds()];
    const { data } = await api.listInbox({ page_size: Math.min(done.length + 1, 100) });
    const next = data.find((item) => !done.includes(item.id));
    if (!next) return navigate({ to: "/inbox" });
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
