import { useNavigate } from "@tanstack/react-router";
import { useMe } from "../me.ts";
import { strings } from "../strings/index.ts";
import { Dialog } from "../ui/dialogs/dialog.tsx";
import { PaletteList } from "./palette-list.tsx";
import { placesOf } from "./places.ts";

/** A command that the palette offers. */
export interface Command {
  key: string;
  label: string;
  run: () => void;
}

/** Leads to any place by a few typed letters. */
export function CommandPalette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const places = placesOf(useMe()).flatMap((group) => group.places);
  const commands = places.map(({ to, label }) => ({
    key: to,
    label: strings.shell.goTo(label),
    run: () => void navigate({ to }),
  }));
  const search = (text: string) => void navigate({ to: "/requests", search: { search: text } });
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={strings.shell.paletteHint}>
      <PaletteList commands={commands} onSearch={search} onDone={onClose} />
    </Dialog>
  );
}
