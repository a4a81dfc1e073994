import { keysOf } from "../objects.ts";
import { access } from "../strings/access.ts";
import { FormFault, Tick } from "../ui/forms/field.tsx";
import { useFault } from "../ui/forms/form-state.ts";
import styles from "./access.module.css";
import type { Scope } from "./queries.ts";

export const allScopes: Scope[] = keysOf(access.scopes);

interface ScopeTicksProps {
  legend: string;
  chosen: readonly Scope[];
  onChange: (chosen: Scope[]) => void;
}

/** Tick boxes for a credential's scopes, one line each. */
export function ScopeTicks({ legend, chosen, onChange }: ScopeTicksProps) {
  const fault = useFault("scopes");
  return (
    <fieldset>
      <legend className={styles.legend}>{legend}</legend>
      <div className={styles.pair}>
        {allScopes.map((scope) => (
          <Tick
            key={scope}
            label={access.scopes[scope]}
            hint={<code>{scope}</code>}
            checked={chosen.includes(scope)}
            onChange={({ currentTarget }) =>
              onChange(
                allScopes.filter((one) =>
                  one === scope ? currentTarget.checked : chosen.includes(one),
                ),
              )
            }
          />
        ))}
      </div>
      {fault !== undefined && <FormFault>{fault}</FormFault>}
    </fieldset>
  );
}

/** A credential's scopes in a few words. */
export function ScopeList({ scopes }: { scopes: readonly string[] }) {
  const isAll = allScopes.every((scope) => scopes.includes(scope));
  return isAll ? access.apps.everything : <code>{scopes.join(" ")}</code>;
}
