import type { UseQueryResult } from "@tanstack/react-query";
import { SaysoError } from "@sayso/client";
import { CloudOff, SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { messageOf } from "../api.ts";
import { strings } from "../strings/index.ts";
import { Button } from "./button.tsx";
import styles from "./states.module.css";

interface StateProps {
  title: string;
  /** A drawing above, one icon. */
  icon?: ReactNode;
  children?: ReactNode;
  /** What to do now. */
  actions?: ReactNode;
}

/** In place of a list that has nothing in it: what would be here, and how the first one comes. */
export function EmptyState({ title, icon, children, actions }: StateProps) {
  return (
    <div className={styles.state}>
      {icon !== undefined && <div className={styles.icon}>{icon}</div>}
      <h2>{title}</h2>
      {children}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

/** In place of what could not be read: what happened, and a way to try again. What isn't there says so. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { common } = strings;
  if (error instanceof SaysoError && error.status === 404)
    return (
      <EmptyState title={common.notFoundTitle} icon={<SearchX aria-hidden />}>
        <p>{common.notFoundHint}</p>
      </EmptyState>
    );
  const isOffline = error instanceof SaysoError && error.status === 0;
  return (
    <div role="alert">
      <EmptyState
        title={common.errorTitle}
        icon={<CloudOff aria-hidden />}
        actions={onRetry && <Button onClick={onRetry}>{common.retry}</Button>}
      >
        <p>{isOffline ? common.offline : common.errorHint(messageOf(error))}</p>
      </EmptyState>
    </div>
  );
}

/** Grey lines in the place of what is being read, of its size. */
export function Skeleton({ lines = 3, height = "3.5rem" }: { lines?: number; height?: string }) {
  return (
    <div className={styles.skeleton} role="status">
      <span className="unseen">{strings.common.loading}</span>
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} style={{ height }} />
      ))}
    </div>
  );
}

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  /** While there is nothing yet; default: a few grey lines. */
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/** What a query gave; until then a skeleton, and where it failed the error with a way to try again. */
export function Loaded<T>({ query, skeleton = <Skeleton />, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return skeleton;
}
