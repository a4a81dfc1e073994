import type { View } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bookmark, Ellipsis } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { strings } from "../../strings/index.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { fromView, toView } from "./filters.ts";
import { addressOf, type Source } from "./opened-from.ts";
import { viewsQuery } from "../queries.ts";
import type { ViewTask } from "./view-dialog.tsx";
import styles from "./view-bar.module.css";

const ViewDialog = lazy(() =>
  import("./view-dialog.tsx").then((module) => ({ default: module.ViewDialog })),
);

/** The signed-in person's saved views. */
export function ViewBar({ source }: { source: Source }) {
  const { views: words } = strings.inbox;
  const { data: views = [] } = useQuery(viewsQuery);
  const [task, setTask] = useState<ViewTask | null>(null);
  const shown = JSON.stringify(source);
  if (views.length === 0) return null;
  return (
    <nav className={styles.bar} aria-label={words.label}>
      <ul>
        {views.map((view) => (
          <li key={view.id} className={styles.view}>
            <ViewLink view={view} isShown={shown === sourceOf(view)} />
            {shown === sourceOf(view) && <ViewMenu view={view} onTask={setTask} />}
          </li>
        ))}
      </ul>
      <Suspense>{task && <ViewDialog task={task} onDone={() => setTask(null)} />}</Suspense>
    </nav>
  );
}

/** A button that saves the shown list as a view. It is absent if a view shows this list already. */
export function SaveView({ source }: { source: Source }) {
  const { data: views = [] } = useQuery(viewsQuery);
  const [task, setTask] = useState<ViewTask | null>(null);
  const { list, filters } = source;
  if (views.some((view) => sourceOf(view) === JSON.stringify(source))) return null;
  return (
    <>
      <Button
        size="small"
        kind="quiet"
        icon={<Bookmark aria-hidden />}
        onClick={() => setTask({ kind: "save", query: toView(list, filters), views })}
      >
        {strings.inbox.views.save}
      </Button>
      <Suspense>{task && <ViewDialog task={task} onDone={() => setTask(null)} />}</Suspense>
    </>
  );
}

/** Writes the source of a view's list, with its fields in a fixed order, so that equal sources are equal texts. */
const sourceOf = ({ query }: View): string =>
  JSON.stringify({ list: query.list, filters: filtersIn(query) });
const filtersIn = (query: View["query"]) => {
  const { search, status, priority, action, source, days, from, to } = fromView(query);
  return { search, status, priority, action, source, days, from, to };
};

function ViewLink({ view, isShown }: { view: View; isShown: boolean }) {
  const { query, name } = view;
  return (
    <Link
      {...addressOf({ list: query.list, filters: fromView(query) })}
      className={styles.link}
      aria-current={isShown ? "true" : undefined}
      data-shown={isShown || undefined}
    >
      <UntrustedText text={name} />
    </Link>
  );
}

const ViewMenu = ({ view, onTask }: { view: View; onTask: (task: ViewTask) => void }) => {
  const { views: words } = strings.inbox;
  return (
    <Menu
      trigger={
        <IconButton size="small" label={words.menu(view.name)}>
          <Ellipsis aria-hidden />
        </IconButton>
      }
    >
      <MenuItem onSelect={() => onTask({ kind: "rename", view })}>{words.rename}</MenuItem>
      <MenuItem kind="danger" onSelect={() => onTask({ kind: "delete", view })}>
        {words.delete}
      </MenuItem>
    </Menu>
  );
};
