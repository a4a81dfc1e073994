import type { Approval, Decision, RequestDifference, YourVote } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import {
  memo,
  useCallback,
  useEffect,
  useRef,
  useState,
  type ReactNode,
  type RefObject,
} from "react";
import { useShortcuts } from "../keyboard/shortcuts.ts";
import { strings } from "../strings/index.ts";
import { Card } from "../ui/card.tsx";
import { PriorityMark, StatusMark, Mark } from "../ui/mark.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { ErrorState, Loaded, Skeleton } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { About, AskedBy } from "./about.tsx";
import { ContextBox } from "./context-box.tsx";
import { Deadline } from "./deadline.tsx";
import { DecideDialog } from "./deciding/decide-dialog.tsx";
import { Deciders } from "./deciders.tsx";
import { DecisionPanel } from "./deciding/decision-panel.tsx";
import { Difference } from "./difference/difference.tsx";
import { useHeldVote, type HeldVote } from "./votes/held-votes.ts";
import { OtherActions } from "./other-actions.tsx";
import { Outcome } from "./outcome.tsx";
import { Payload, type PayloadView } from "./payload/payload.tsx";
import { UnreadProvider, useUnreadCount } from "./payload/unread.ts";
import { decidersQuery, decidingQuery, differenceQuery, useLiveRequest } from "./queries.ts";
import styles from "./request-view.module.css";
import { Timeline } from "./timeline/timeline.tsx";
import { useInSight, type Pause } from "../ui/pause/use-in-sight.ts";
import { useReadThrough } from "./deciding/use-read-through.ts";
import { contentOf, useSeen, type Revisable } from "./deciding/use-seen.ts";
import { MarkdownText } from "./markdown-text.tsx";
import { Namesakes } from "./person-name.tsx";

interface RequestViewProps {
  id: string;
  /** The link back, above the title. */
  above?: ReactNode;
  /** Called when the person has cast a vote, which can still be held. */
  onCast?: () => void;
}

/** A request: its content, asker, consequences and approvers, and the decision. Its key must be its id. */
export function RequestView({ id, above, onCast }: RequestViewProps) {
  const query = useQuery(decidingQuery(id));
  useLiveRequest(id);
  const isAsked = query.data !== undefined && !query.data.approval.is_log;
  const deciders = useQuery({ ...decidersQuery(id), enabled: isAsked });
  if (query.data)
    return (
      <Namesakes value={deciders.data?.namesakes ?? []}>
        <Request {...query.data} above={above} onCast={onCast} />
      </Namesakes>
    );
  return (
    <>
      <PageHeader title={strings.request.title} above={above} />
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton lines={3} height="9rem" />
      )}
    </>
  );
}

interface RequestProps extends Omit<RequestViewProps, "id"> {
  approval: Approval;
  vote: YourVote;
}

function Request({ approval, vote, above, onCast }: RequestProps) {
  const [seen, see, changed] = useSeen(approval, vote);
  const [armed, setArmed] = useState<Decision | null>(null);
  const { view, show, unread, aside, isUnread } = usePayloadView(contentOf(approval));
  const commentField = useRef<HTMLTextAreaElement>(null);
  const outcome = useRef<HTMLDivElement>(null);
  const held = useHeldVote(approval.id);
  const isWaiting = vote.can_decide && held === undefined;
  const isOpen = isWaiting && seen !== null;
  const pause = usePause(approval, isOpen);
  const reading = useReadThrough(contentOf(approval));
  useFocusOnce(outcome, held !== undefined);
  useKeys({
    isOpen,
    mustRead: isUnread || !reading.isRead,
    arm: (decision) => (pause.isOver ? setArmed(decision) : pause.refuse()),
    comment: () => commentField.current?.focus(),
    json: () => show(view === "json" ? "fields" : "json"),
  });
  return (
    <article
      ref={reading.start}
      className={styles.view}
      data-open={isWaiting || undefined}
      data-ready={pause.isOver || undefined}
    >
      <PageHeader
        title={approval.title}
        shown={<UntrustedText text={approval.title} />}
        above={above}
        lead={<Lead approval={approval} />}
      />
      <div className={styles.columns}>
        <div className={styles.main}>
          <div ref={outcome} tabIndex={-1} role="status" className={styles.outcome}>
            <HowItStands approval={approval} held={held} />
          </div>
          {seen === null && isWaiting && <Revised changed={changed} />}
          <Deadline approval={approval} />
          <What approval={approval} aside={aside} />
          <UnreadProvider value={unread}>
            <Content approval={approval} view={view} onView={show} aside={aside} />
          </UnreadProvider>
          <div ref={reading.end} />
        </div>
        <aside className={styles.side} aria-label={strings.request.deciders.pending}>
          <DecisionPanel
            approval={approval}
            vote={vote}
            seen={seen}
            held={held}
            pause={pause}
            isUnread={isUnread}
            reading={reading}
            onArm={setArmed}
            onCast={onCast}
            onSeen={see}
          />
          <OtherActions requestId={approval.id} vote={vote} />
          <WhoDecides approval={approval} />
          <About approval={approval} />
        </aside>
        <div className={styles.timeline}>
          <Timeline requestId={approval.id} commentField={commentField} />
        </div>
      </div>
      {armed && (
        <DecideDialog
          requestId={approval.id}
          decision={armed}
          seen={(vote.can_decide && seen) || undefined}
          onDone={(wasCast) => {
            setArmed(null);
            if (wasCast) onCast?.();
          }}
        />
      )}
    </article>
  );
}

/** Keeps the view of the details, and whether a folded part of them was not opened. */
function usePayloadView(content: string) {
  const [view, setView] = useState<PayloadView | null>(null);
  const [hasUnread, unread] = useUnreadCount();
  // The JSON shows the metadata but not the context, so reading the JSON doesn't count for the context.
  const [isAside, aside] = useUnreadCount();
  const [readWhole, setReadWhole] = useState<string | null>(null);
  const show = useCallback(
    (next: PayloadView) => {
      setView(next);
      if (next === "json") setReadWhole(content);
    },
    [content],
  );
  const isUnread = isAside || (hasUnread && readWhole !== content);
  return { view, show, unread, aside, isUnread };
}

interface Keys {
  /** Whether the request waits for the person's vote. */
  isOpen: boolean;
  /** Whether a part of the request was not on the screen, so that it can't be approved. */
  mustRead: boolean;
  arm: (decision: Decision) => void;
  comment: () => void;
  json: () => void;
}

function useKeys({ isOpen, mustRead, arm, comment, json }: Keys): void {
  const { keys } = strings.request;
  useShortcuts(keys.title, [
    { keys: "a", label: keys.approve, isOn: isOpen && !mustRead, run: () => arm("approve") },
    { keys: "r", label: keys.reject, isOn: isOpen, run: () => arm("reject") },
    { keys: "c", label: keys.comment, run: comment },
    { keys: "e", label: keys.json, run: json },
  ]);
}

const HowItStands = ({ approval, held }: { approval: Approval; held: HeldVote | undefined }) =>
  held ? <p>{strings.request.held.page[held.decision]}</p> : <Outcome approval={approval} />;

/** The note above the request that somebody changed it while the person looked at it. */
function Revised({ changed }: { changed: readonly Revisable[] }) {
  const { decide } = strings.request;
  return (
    <p role="alert" className={styles.revised}>
      {decide.revisedHere(changed.map((part) => decide.revisable[part]).join(", "))}
    </p>
  );
}

/** Moves the focus to the outcome, because the button that had the focus is gone. */
function useFocusOnce(outcome: RefObject<HTMLElement | null>, isHeld: boolean): void {
  useEffect(() => {
    if (isHeld) outcome.current?.focus();
  }, [outcome, isHeld]);
}

/** Waits until all of the request has been in sight for long enough to be decided. */
function usePause(approval: Approval, isOpen: boolean): Pause {
  // The details appear together with the difference.
  const isShown = useQuery(differenceQuery(approval.id)).data !== undefined;
  return useInSight(isOpen && isShown ? contentOf(approval) : null);
}

/** The request's status and priority, its asker, and the time of asking. */
function Lead({ approval }: { approval: Approval }) {
  const { facts } = strings.request;
  return (
    <span className={styles.lead}>
      {approval.is_log ? <Mark>{facts.log}</Mark> : <StatusMark status={approval.status} />}
      <PriorityMark priority={approval.priority} />
      <span>
        <AskedBy approval={approval} /> {approval.is_log ? facts.logged : facts.asks},{" "}
        <Time at={approval.created_at} />
      </span>
    </span>
  );
}

function What({ approval, aside }: Pick<ContentProps, "approval" | "aside">) {
  if (approval.description.trim() === "") return null;
  return (
    <UnreadProvider value={aside}>
      <Card title={strings.request.what}>
        <MarkdownText text={approval.description} />
      </Card>
    </UnreadProvider>
  );
}

interface ContentProps {
  approval: Approval;
  /** The view of the metadata. Null: fields, or folded if the difference shows all of it. */
  view: PayloadView | null;
  onView: (view: PayloadView) => void;
  /** Counts the parts that lie beside the box of the context or of a table. */
  aside: ReturnType<typeof useUnreadCount>[1];
}

/**
 * The request's metadata, and the change that it makes. The metadata is folded only if the difference shows all of it.
 * The content can be long, so typing a comment doesn't draw it again.
 */
const Content = memo(function Content({ approval, view, onView, aside }: ContentProps) {
  const query = useQuery(differenceQuery(approval.id));
  const { metadata } = approval;
  const hasPayload = metadata !== null && Object.keys(metadata).length > 0;
  return (
    <Loaded query={query} skeleton={<Skeleton lines={1} height="9rem" />}>
      {(difference) => (
        <>
          <Difference requestId={approval.id} difference={difference} />
          {hasPayload && (
            <Payload
              metadata={metadata}
              view={view ?? (isShownBy(difference, metadata) ? "folded" : "fields")}
              onView={onView}
            />
          )}
          {!difference.is_context && (
            <UnreadProvider value={aside}>
              <ContextBox approval={approval} />
            </UnreadProvider>
          )}
        </>
      )}
    </Loaded>
  );
});

/** Whether the difference shows all of the metadata. */
const isShownBy = ({ data }: RequestDifference, metadata: Record<string, unknown>): boolean =>
  data !== null && Object.keys(metadata).every((key) => key === "before" || key === "after");

function WhoDecides({ approval }: { approval: Approval }) {
  const query = useQuery({ ...decidersQuery(approval.id), enabled: !approval.is_log });
  if (approval.is_log) return null;
  return (
    <Loaded query={query} skeleton={<Skeleton lines={1} height="7rem" />}>
      {(deciders) => <Deciders approval={approval} deciders={deciders} />}
    </Loaded>
  );
}
