import { useState } from "react";

/** Keeps the name of the page's open dialog, if there is one. */
export function useDialog<Name extends string>() {
  const [open, setOpen] = useState<Name | null>(null);
  return {
    open: (name: Name) => () => setOpen(name),
    close: () => setOpen(null),
    /** Returns the properties of the dialog with this name. */
    of: (name: Name) => ({ isOpen: open === name, onClose: () => setOpen(null) }),
  };
}
