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
  /** An icon above the title. */
  icon?: ReactNode;
  children?: ReactNode;
  /** The buttons for the next step. */
  actions?: ReactNode;
}

/** Stands in place of an empty list. It says what the list would hold, and how a first entry gets there. */
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

/**
 * Stands in place of content that could not be read. It shows the error and a button that tries again. For a 404 it
 * says that the content doesn't exist.
 */
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

/** Grey lines in place of content that is being read, about as high as the content. */
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
  /** Shown until there is content. Default: a few grey lines. */
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/**
 * Shows a query's content. Before it, a skeleton is shown; after a failure, the error with a button that tries again.
 */
export function Loaded<T>({ query, skeleton = <Skeleton />, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return skeleton;
}
