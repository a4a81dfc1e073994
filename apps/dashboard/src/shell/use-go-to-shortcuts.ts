import { useNavigate } from "@tanstack/react-router";
import { useShortcuts } from "../keyboard/shortcuts.ts";
import { useMe } from "../me.ts";
import { strings } from "../strings/index.ts";
import { placesOf } from "./places.ts";

/** Makes `g` and a letter lead to each place. */
export function useGoToShortcuts(): void {
  const navigate = useNavigate();
  const places = placesOf(useMe()).flatMap(({ places }) => places);
  useShortcuts(
    strings.shell.navigation,
    places.flatMap(({ key, label, to }) =>
      key === undefined
        ? []
        : [
            {
              keys: `g ${key}`,
              label: strings.shell.goTo(label),
              run: () => void navigate({ to }),
            },
          ],
    ),
  );
}
