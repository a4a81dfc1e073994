import { Search } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import fieldStyles from "./field.module.css";
import styles from "./search-box.module.css";

interface SearchBoxProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
  /** `alone`: with a magnifier. `among`: beside other controls, with their look. Default: `alone`. */
  place?: "alone" | "among";
  maxLength?: number;
  ref?: RefObject<HTMLInputElement | null>;
  /** Called after Enter, and after Escape in the empty box. */
  onEnd?: () => void;
  /** Shown in the box. */
  children?: ReactNode;
}

/** A text field that filters a list. Escape empties it. */
export function SearchBox(props: SearchBoxProps) {
  const { label, value, onChange, place = "alone", maxLength, ref, onEnd, children } = props;
  return (
    <div className={styles[place]}>
      {place === "alone" && <Search aria-hidden />}
      {/* This is no `Input`, so that the inbox doesn't have to wait for the code of forms. */}
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
          // Enter would submit a surrounding form.
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
