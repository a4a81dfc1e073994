import type { Role } from "@sayso/client";
import { useId } from "react";
import { useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import styles from "./people.module.css";

const roles: readonly Role[] = ["member", "admin", "owner"];

/** Chooses a person's role. Each role has an explanation. Only an owner can choose the role owner. */
export function RoleChoice({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  const name = useId();
  const isOwner = useMe().role === "owner";
  const words = strings.organization.people;
  return (
    <fieldset className={styles.choices}>
      <legend>{words.role}</legend>
      {roles
        .filter((role) => role !== "owner" || isOwner || value === "owner")
        .map((role) => (
          <label key={role} className={styles.choice}>
            <input
              type="radio"
              name={name}
              checked={role === value}
              onChange={() => onChange(role)}
            />
            <span>
              {strings.common.role[role]}
              <small>{words.roleHints[role]}</small>
            </span>
          </label>
        ))}
    </fieldset>
  );
}
