import type { Member } from "@sayso/client";
import { useState } from "react";
import { strings } from "../strings/index.ts";
import { Tick } from "../ui/forms/field.tsx";
import { SearchBox } from "../ui/forms/search-box.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import styles from "./people-picker.module.css";

interface PeoplePickerProps {
  label: string;
  hint?: string;
  people: readonly Pick<Member, "id" | "name" | "email">[];
  /** The ids of the chosen people, in the order of choosing. */
  chosen: readonly string[];
  /** The greatest number of people that can be chosen. */
  max?: number;
  onChange: (chosen: string[]) => void;
}

/** The number of people up to which no search is shown. */
const FEW = 8;

/** Chooses people of the organization by ticks. */
export function PeoplePicker({ label, hint, people, chosen, max, onChange }: PeoplePickerProps) {
  const [search, setSearch] = useState("");
  const words = strings.organization.teams;
  const wanted = search.trim().toLowerCase();
  const found = people.filter(({ name, email }) =>
    `${name} ${email ?? ""}`.toLowerCase().includes(wanted),
  );
  const isFull = max !== undefined && chosen.length >= max;
  return (
    <fieldset className={styles.picker}>
      <legend>{label}</legend>
      {hint !== undefined && <p className="hint">{hint}</p>}
      {people.length > FEW && (
        <div className={styles.search}>
          <SearchBox label={words.find} value={search} onChange={setSearch} />
        </div>
      )}
      <div className={styles.list}>
        {found.length === 0 && <p className="hint">{words.noneFound}</p>}
        {found.map(({ id, name, email }) => {
          const isChosen = chosen.includes(id);
          return (
            <Tick
              key={id}
              label={<UntrustedText text={name} />}
              hint={email === null ? undefined : <UntrustedText text={email} />}
              checked={isChosen}
              disabled={isFull && !isChosen}
              onChange={() =>
                onChange(isChosen ? chosen.filter((one) => one !== id) : [...chosen, id])
              }
            />
          );
        })}
      </div>
    </fieldset>
  );
}
