import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useMe } from "../me.ts";
import { strings } from "../strings/index.ts";
import { Dialog } from "../ui/dialogs/dialog.tsx";
import { placesOf } from "./places.ts";

const PaletteList = lazy(() => import("./palette-list.tsx"));

/** A command that the palette offers. */
export interface Command {
  key: string;
  label: string;
  run: () => void;
}

/** Leads to any place by a few typed letters. Its list is loaded when it is first opened. */
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
      <Suspense>
        <PaletteList commands={commands} onSearch={search} onDone={onClose} />
      </Suspense>
    </Dialog>
  );
}
