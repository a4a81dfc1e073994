import type { Decision, InboxItem } from "@sayso/client";
import { lazy, Suspense, useEffect, useEffectEvent, useRef, useState } from "react";
import { useCountedVotes, useHeldVotes } from "../../request/votes/held-votes.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { laterPart } from "../../ui/load-part.ts";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { EmptyList } from "./empty-list.tsx";
import type { Filters } from "../filters/filters.ts";
import styles from "./list-page.module.css";
import { openedFrom, type Source } from "../filters/opened-from.ts";
import type { Item } from "../queries.ts";
import { RequestList } from "./request-list.tsx";
import { useListChanges } from "./use-list-changes.ts";
import { useListKeys } from "./use-list-keys.ts";
import { useRequestList } from "./use-request-list.ts";
import { useSelection, type Selection } from "./use-selection.ts";

// The page loads these dialogs only when somebody needs them.
const DecideDialog = lazy(
  laterPart(() =>
    import("../../request/deciding/decide-dialog.tsx").then((module) => ({
      default: module.DecideDialog,
    })),
  ),
);
const CommentDialog = lazy(
  laterPart(() =>
    import("./comment-dialog.tsx").then((module) => ({ default: module.CommentDialog })),
  ),
);

const BulkDialog = lazy(
  laterPart(() => import("./bulk-dialog.tsx").then((module) => ({ default: module.BulkDialog }))),
);

/** An action on a request of the list. */
type Doing = { item: Item; what: Decision | "comment" };

/** A decision on several requests, in the state that was shown. */
type Bulk = { items: InboxItem[]; decision: Decision };

interface ListProps {
  source: Source;
  onFilters: (filters: Filters) => void;
}

/** A list of requests with all its actions. Its key must be its source, so that another source starts anew. */
export function ListPart({ source, onFilters }: ListProps) {
  const list = useRequestList(source);
  const selection = useSelection();
  const [doing, setDoing] = useState<Doing | null>(null);
  const [bulk, setBulk] = useState<Bulk | null>(null);
  const isCalm = () =>
    window.scrollY < 40 && selection.items.size === 0 && doing === null && bulk === null;
  const changes = useListChanges(list, isCalm);
  const decide = (item: Item, what: Doing["what"]) => setDoing({ item, what });
  const decideSelected = (decision: Decision) => setBulk(bulkOf(decision, selection));
  const hasBoxes = source.list === "inbox";
  const held = useHeldVotes();
  useCountedVotes(({ id, status }) => changes.voted(id, status));
  const acts = { onDo: decide, onDoSelected: decideSelected };
  const keys = useListKeys({ list, changes, held, selection, hasBoxes, ...acts });
  useDropLeft(changes.departures, selection.drop);

  const { total } = list;
  const shown = total === undefined ? 0 : total - changes.departures.size;
  if (total === undefined)
    return list.error ? (
      <ErrorState error={list.error} onRetry={() => void list.refresh()} />
    ) : (
      <Skeleton lines={7} height="3.2rem" />
    );
  return (
    <>
      <p className={styles.count} role="status">
        {strings.inbox.count[source.list](shown)}
      </p>
      <Fresh count={changes.fresh} onShow={() => show(changes.showFresh)} />
      {total === 0 ? (
        <EmptyList source={source} onClear={() => onFilters({})} />
      ) : (
        <RequestList
          list={list}
          total={total}
          changes={changes}
          held={held}
          selection={selection}
          hasBoxes={hasBoxes}
          current={keys.current}
          moved={keys.moved}
          onCurrent={keys.setCurrent}
          onSelect={keys.select}
          onDecide={decide}
        />
      )}
      <BulkBar selection={selection} onAsk={decideSelected} />
      <Suspense>
        {bulk && (
          <BulkDialog
            {...bulk}
            onDone={(wasCast) => {
              setBulk(null);
              if (wasCast) selection.drop(bulk.items.map(({ id }) => id));
            }}
          />
        )}
        {doing && (
          <DoingDialog
            doing={doing}
            source={source}
            onDone={(wasCast) => {
              setDoing(null);
              if (!wasCast) return;
              selection.drop([doing.item.id]);
              keys.next();
            }}
          />
        )}
      </Suspense>
    </>
  );
}

const bulkOf = (decision: Decision, { items }: Selection): Bulk => ({
  decision,
  items: [...items.values()],
});

interface DoingDialogProps {
  doing: Doing;
  source: Source;
  /** Called when the dialog is done. `wasCast` says whether a vote was cast. */
  onDone: (wasCast: boolean) => void;
}

/** The dialog of an action on one request. */
const DoingDialog = ({ doing: { item, what }, source, onDone }: DoingDialogProps) =>
  what === "comment" ? (
    <CommentDialog item={item} onDone={() => onDone(false)} />
  ) : (
    <DecideDialog requestId={item.id} decision={what} from={openedFrom(source)} onDone={onDone} />
  );

function show(showFresh: () => void): void {
  window.scrollTo({ top: 0, behavior: "instant" });
  showFresh();
}

/** Reports the number of new requests that wait while somebody is busy further down. */
function Fresh({ count, onShow }: { count: number; onShow: () => void }) {
  const { fresh, showFresh } = strings.inbox;
  return (
    <div className={styles.fresh} role="status">
      {count > 0 && (
        <Button kind="primary" size="small" onClick={onShow}>
          {fresh(count)} <span className="unseen">{showFresh}</span>
        </Button>
      )}
    </div>
  );
}

/** Removes requests that have left the list from the selection, because they can't be decided with the others. */
function useDropLeft(
  departures: ReadonlyMap<string, unknown>,
  drop: (ids: Iterable<string>) => void,
): void {
  const dropNow = useEffectEvent(drop);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) dropNow(departures.keys());
    first.current = false;
  }, [departures]);
}
