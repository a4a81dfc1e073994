import { useState } from "react";

/** Which of a page's dialogs is open, if any. */
export function useDialog<Name extends string>() {
  const [open, setOpen] = useState<Name | null>(null);
  return {
    open: (name: Name) => () => setOpen(name),
    close: () => setOpen(null),
    /** What a dialog of this name is given. */
    of: (name: Name) => ({ isOpen: open === name, onClose: () => setOpen(null) }),
  };
}
