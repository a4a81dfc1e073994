import { Search } from "lucide-react";
import styles from "./search-box.module.css";

interface SearchBoxProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
}

/** A line to narrow a list by; Escape empties it. */
export const SearchBox = ({ label, value, onChange }: SearchBoxProps) => (
  <div className={styles.box}>
    <Search aria-hidden />
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        // In a form it would send it.
        if (event.key === "Enter") event.preventDefault();
        if (event.key !== "Escape" || value === "") return;
        event.preventDefault();
        event.stopPropagation();
        onChange("");
      }}
    />
  </div>
);
