import { strings } from "../strings/index.ts";
import { Dialog } from "../ui/dialogs/dialog.tsx";
import { CommandPalette } from "./command-palette.tsx";
import { Navigation } from "./navigation.tsx";
import { ShortcutHelp } from "./shortcut-help.tsx";
import { UserMenu } from "./user-menu.tsx";

/** A dialog that opens above any page. */
export type Overlay = "palette" | "help" | "places";

interface OverlaysProps {
  /** The open dialog. */
  open: Overlay | null;
  onClose: () => void;
}

/** The shell's dialogs. They are loaded when one of them is first opened. */
export default function Overlays({ open, onClose }: OverlaysProps) {
  return (
    <>
      <CommandPalette isOpen={open === "palette"} onClose={onClose} />
      <ShortcutHelp isOpen={open === "help"} onClose={onClose} />
      <Dialog isOpen={open === "places"} onClose={onClose} title={strings.shell.menu}>
        <Navigation onFollow={onClose} />
        <UserMenu />
      </Dialog>
    </>
  );
}
