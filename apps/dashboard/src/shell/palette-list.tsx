import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useState, type KeyboardEvent } from "react";
import { api } from "../api.ts";
import { strings } from "../strings/index.ts";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import type { Command } from "./command-palette.tsx";
import styles from "./palette-list.module.css";

interface PaletteListProps {
  commands: readonly Command[];
  onSearch: (text: string) => void;
  onDone: () => void;
}

/** A text field with the matching commands below it (WAI-ARIA: combobox with a listbox). */
export function PaletteList({ commands, onSearch, onDone }: PaletteListProps) {
  const [text, setText] = useState("");
  const [index, setIndex] = useState(0);
  const found = useFound(text, commands, onSearch);
  const chosen = Math.min(index, found.length - 1);
  const run = (command: Command | undefined) => {
    if (!command) return;
    onDone();
    command.run();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter") run(found[chosen]);
    else if (event.key === "ArrowDown") setIndex((chosen + 1) % found.length);
    else if (event.key === "ArrowUp") setIndex((chosen + found.length - 1) % found.length);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        className={styles.input}
        role="combobox"
        aria-expanded
        aria-controls="palette"
        aria-activedescendant={found[chosen] && `palette-${chosen}`}
        aria-label={strings.shell.palette}
        placeholder={strings.shell.palette}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setIndex(0);
        }}
        onKeyDown={press}
      />
      <ul id="palette" role="listbox" aria-label={strings.shell.palette} className={styles.list}>
        {found.map((command, at) => (
          <li
            key={command.key}
            id={`palette-${at}`}
            role="option"
            aria-selected={at === chosen}
            onPointerMove={() => setIndex(at)}
            onClick={() => run(command)}
          >
            <UntrustedText text={command.label} />
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="hint">{strings.shell.paletteEmpty}</p>}
    </>
  );
}

/** Returns the places whose name holds each word, then the requests that the server finds, then the search itself. */
function useFound(
  text: string,
  commands: readonly Command[],
  onSearch: (text: string) => void,
): Command[] {
  const navigate = useNavigate();
  const sought = useDeferredValue(text.trim());
  const { data } = useQuery({
    queryKey: ["requests", "palette", sought],
    queryFn: ({ signal }) => api.listApprovals({ search: sought, page_size: 5 }, { signal }),
    enabled: sought.length > 1,
  });
  const words = sought.toLowerCase().split(/\s+/);
  const named = commands.filter(({ label }) =>
    words.every((word) => label.toLowerCase().includes(word)),
  );
  if (sought === "") return named;
  const requests = (sought.length > 1 ? (data?.data ?? []) : []).map(({ id, title }) => ({
    key: id,
    label: title,
    run: () => void navigate({ to: "/requests/$id", params: { id } }),
  }));
  const search = {
    key: "search",
    label: strings.shell.paletteSearch(sought),
    run: () => onSearch(sought),
  };
  return [...named.slice(0, 6), ...requests, search];
}
