import { isKeyOf } from "@sayso/exact-json";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { access } from "../../strings/access.ts";
import { NativeSelect } from "../../ui/forms/field.tsx";
import { SearchBox } from "../../ui/forms/search-box.tsx";
import type { ApiOperation } from "./document.ts";
import styles from "./playground.module.css";

const text = access.playground;

interface OperationListProps {
  operations: readonly ApiOperation[];
  chosen: ApiOperation | undefined;
}

/** Lists every operation of one surface by subject, or the operations of all surfaces that a search finds. */
export function OperationList({ operations, chosen }: OperationListProps) {
  const surfaces = [...new Set(operations.map(({ surface }) => surface))];
  const [surface, setSurface] = useState(chosen?.surface ?? "approvals");
  const [search, setSearch] = useState("");
  const words = useDeferredValue(search).trim().toLowerCase();
  const found =
    words === ""
      ? operations.filter((operation) => operation.surface === surface)
      : operations.filter((operation) => isFound(operation, words));
  const groups = [...Map.groupBy(found, ({ tag }) => tag)];
  return (
    <nav className={styles.list} aria-label={text.operations}>
      <SearchBox place="among" label={text.search} value={search} onChange={setSearch} />
      {words === "" && (
        <NativeSelect
          aria-label={text.surface}
          value={surface}
          onChange={({ currentTarget }) => setSurface(currentTarget.value)}
        >
          {surfaces.map((name) => (
            <option key={name} value={name}>
              {isKeyOf(text.surfaces, name) ? text.surfaces[name] : name}
            </option>
          ))}
        </NativeSelect>
      )}
      {groups.length === 0 && <p className="hint">{text.none}</p>}
      <div className={styles.groups}>
        {groups.map(([tag, some]) => (
          <section key={tag}>
            <h2>{tag}</h2>
            <ul>
              {some.map((operation) => (
                <li key={operation.id}>
                  <Link
                    to="/api"
                    search={{ operation: operation.id }}
                    resetScroll={false}
                    className={styles.link}
                    aria-current={operation === chosen ? "true" : undefined}
                  >
                    <Method of={operation} />
                    <span>{operation.title}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </nav>
  );
}

const isFound = (operation: ApiOperation, words: string): boolean =>
  [operation.id, operation.title, operation.path, operation.description].some((part) =>
    part.toLowerCase().includes(words),
  );

export const Method = ({ of }: { of: Pick<ApiOperation, "method"> }) => (
  <span className={styles.method} data-method={of.method}>
    {of.method}
  </span>
);
