import { SaysoError } from "@sayso/client";
import { CircleAlert, SearchX } from "lucide-react";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState, ErrorState } from "../ui/states.tsx";
import { useDocumentTitle } from "../ui/document-title.ts";

/** Shown at an address that has no page. */
export function NotFoundPage() {
  const { common } = strings;
  useDocumentTitle(common.notFoundTitle);
  return (
    <EmptyState title={common.notFoundTitle} icon={<SearchX aria-hidden />}>
      <p>{common.notFoundHint}</p>
    </EmptyState>
  );
}

/** Stands in place of a page that threw an error. */
export function BrokenPage({ error }: { error: unknown }) {
  const { common } = strings;
  useDocumentTitle(common.brokenTitle);
  const reload = () => location.reload();
  if (error instanceof SaysoError) return <ErrorState error={error} onRetry={reload} />;
  return (
    <EmptyState
      title={common.brokenTitle}
      icon={<CircleAlert aria-hidden />}
      actions={<Button onClick={reload}>{common.reload}</Button>}
    >
      <p>{common.brokenHint}</p>
    </EmptyState>
  );
}
