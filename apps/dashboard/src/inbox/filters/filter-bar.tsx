import { SlidersHorizontal, X } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { useShortcuts } from "../../keyboard/shortcuts.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { SearchBox } from "../../ui/forms/search-box.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { useTypedSearch } from "../../ui/forms/use-typed-search.ts";
import styles from "./filter-bar.module.css";
import { countOf, spans, type Filters } from "./filters.ts";
import type { Source } from "./opened-from.ts";
import { SaveView } from "./view-bar.tsx";

const FilterDialog = lazy(() =>
  import("./filter-dialog.tsx").then((module) => ({ default: module.FilterDialog })),
);

interface FilterBarProps {
  source: Source;
  onFilters: (filters: Filters) => void;
}

/** Searches and filters a list. Each active filter is shown below and can be removed there. */
export function FilterBar({ source, onFilters }: FilterBarProps) {
  const { filter } = strings.inbox;
  const { filters } = source;
  const [isOpen, setOpen] = useState(false);
  const count = countOf(filters);
  return (
    <div className={styles.bar}>
      <search className={styles.line}>
        <RequestSearch
          text={filters.search ?? ""}
          onText={(search) => onFilters({ ...filters, search: search || undefined })}
        />
        <Button
          icon={<SlidersHorizontal aria-hidden />}
          aria-haspopup="dialog"
          onClick={() => setOpen(true)}
        >
          {filter.button}
          {count > 0 && (
            <span className={styles.count}>
              <span aria-hidden>{count}</span>
              <span className="unseen">{filter.count(count)}</span>
            </span>
          )}
        </Button>
      </search>
      {(count > 0 || filters.search !== undefined) && (
        <div className={styles.narrowed}>
          <Chips filters={filters} onFilters={onFilters} />
          <SaveView source={source} />
        </div>
      )}
      <Suspense>
        {isOpen && (
          <FilterDialog
            source={source}
            onDone={(changed) => {
              setOpen(false);
              if (changed) onFilters({ ...changed, search: filters.search });
            }}
          />
        )}
      </Suspense>
    </div>
  );
}

function RequestSearch({ text, onText }: { text: string; onText: (text: string) => void }) {
  const words = strings.inbox;
  const input = useRef<HTMLInputElement>(null);
  const [typed, type, find] = useTypedSearch(text, onText);
  useShortcuts(words.keys.group, [
    { keys: "/", label: words.keys.search, run: () => input.current?.focus() },
  ]);
  return (
    <div className={styles.search}>
      <SearchBox
        ref={input}
        label={words.search}
        value={typed}
        maxLength={500}
        onChange={type}
        onEnd={() => {
          // The next key is for the list that is searched for, not for the one before.
          find();
          input.current?.blur();
        }}
      >
        <kbd aria-hidden>{words.searchKey}</kbd>
      </SearchBox>
    </div>
  );
}

type Chip = { what: string; shown: string; isForeign?: boolean; without: Filters };

/** Returns each active filter in words, with the filters that stay when it is removed. */
function chipsOf(filters: Filters): Chip[] {
  const { filter } = strings.inbox;
  const { status, priority } = strings.common;
  const chips: Chip[] = [];
  const add = (what: string, shown: string | undefined, without: Filters, isForeign = false) => {
    if (shown !== undefined)
      chips.push({ what, shown, without: { ...filters, ...without }, isForeign });
  };
  add(filter.status, filters.status?.map((one) => status[one]).join(", "), { status: undefined });
  add(filter.priority, filters.priority?.map((one) => priority[one]).join(", "), {
    priority: undefined,
  });
  add(filter.action, filters.action, { action: undefined }, true);
  add(filter.source, filters.source, { source: undefined }, true);
  const { days, from, to } = filters;
  const span = spans.find((one) => one === days);
  const when =
    days === undefined ? (from ?? to) && filter.fromTo(from, to) : span && filter.days[span];
  add(filter.when, when, { days: undefined, from: undefined, to: undefined });
  return chips;
}

function Chips({
  filters,
  onFilters,
}: {
  filters: Filters;
  onFilters: (filters: Filters) => void;
}) {
  const { filter } = strings.inbox;
  const chips = chipsOf(filters);
  if (chips.length === 0) return null;
  return (
    <ul className={styles.chips} aria-label={filter.active}>
      {chips.map(({ what, shown, isForeign, without }) => (
        <li key={what}>
          <button
            type="button"
            className={styles.chip}
            title={filter.remove(what)}
            onClick={() => onFilters(without)}
          >
            <span className="unseen">{filter.remove(what)}:</span>
            {isForeign ? <UntrustedText text={shown} /> : shown}
            <X aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  );
}
