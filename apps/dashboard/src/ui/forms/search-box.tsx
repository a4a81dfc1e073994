import { Search } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import fieldStyles from "./field.module.css";
import styles from "./search-box.module.css";

interface SearchBoxProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
  /** Default: `alone`, with a magnifier. `among`: beside other controls, and like them. */
  place?: "alone" | "among";
  maxLength?: number;
  ref?: RefObject<HTMLInputElement | null>;
  /** After Enter, and after Escape in the empty box. */
  onEnd?: () => void;
  /** Shown in the box. */
  children?: ReactNode;
}

/** A line to narrow a list by; Escape empties it. */
export function SearchBox(props: SearchBoxProps) {
  const { label, value, onChange, place = "alone", maxLength, ref, onEnd, children } = props;
  return (
    <div className={styles[place]}>
      {place === "alone" && <Search aria-hidden />}
      {/* Not an `Input`: the inbox is to be there before all that makes up a form. */}
      <input
        className={fieldStyles.control}
        ref={ref}
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        maxLength={maxLength}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        onKeyDown={(event) => {
          const isLeft = event.key === "Escape" && value === "";
          // In a form Enter would send it.
          if (event.key === "Enter") event.preventDefault();
          if (event.key === "Enter" || isLeft) onEnd?.();
          if (event.key !== "Escape" || isLeft) return;
          event.preventDefault();
          event.stopPropagation();
          onChange("");
        }}
      />
      {children}
    </div>
  );
}
