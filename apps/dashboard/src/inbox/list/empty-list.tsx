import { Link } from "@tanstack/react-router";
import { CheckCheck, ListChecks, SearchX } from "lucide-react";
import { strings } from "../../strings/index.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { CopyBlock } from "../../ui/copy-button.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { countOf } from "../filters/filters.ts";
import type { Source } from "../filters/opened-from.ts";

/** Stands in place of a list without rows. It says why the list is empty, and how a first row gets there. */
export function EmptyList({ source, onClear }: { source: Source; onClear: () => void }) {
  const { empty } = strings.inbox;
  if (source.filters.search !== undefined || countOf(source.filters) > 0)
    return (
      <EmptyState
        title={empty.filteredTitle}
        icon={<SearchX aria-hidden />}
        actions={<Button onClick={onClear}>{empty.clear}</Button>}
      >
        <p>{empty.filteredText}</p>
      </EmptyState>
    );
  switch (source.list) {
    case "inbox":
      return <EmptyInbox />;
    case "decided":
      return <Nothing title={empty.decidedTitle} text={empty.decidedText} />;
    case "mine":
      return <Nothing title={empty.mineTitle} text={empty.mineText} />;
    case "all":
      return <Nothing title={empty.allTitle} text={empty.allText} />;
  }
}

const Nothing = ({ title, text }: { title: string; text: string }) => (
  <EmptyState title={title} icon={<ListChecks aria-hidden />}>
    <p>{text}</p>
  </EmptyState>
);

function EmptyInbox() {
  const { empty } = strings.inbox;
  const command = `curl ${location.origin}/api/v1/approvals \\
  -H "Authorization: Bearer $SAYSO_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "title": "Deploy v2 to production",
    "description": "All tests passed.",
    "priority": "high"
  }'`;
  return (
    <EmptyState
      title={empty.inboxTitle}
      icon={<CheckCheck aria-hidden />}
      actions={
        <Link to="/connections" className={buttonClass()}>
          {empty.connections}
        </Link>
      }
    >
      <p>{empty.inboxText}</p>
      <p>{empty.inboxTry}</p>
      <CopyBlock text={command} label={empty.example} />
    </EmptyState>
  );
}
