import { currentShortcuts } from "../keyboard/shortcuts.ts";
import { strings } from "../strings/index.ts";
import { Dialog } from "../ui/dialogs/dialog.tsx";
import styles from "./shortcut-help.module.css";

/** Lists all keys that work on the shown page. */
export function ShortcutHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={strings.shell.shortcuts} shape="wide">
      <div className={styles.groups}>
        {isOpen &&
          currentShortcuts().map(({ title, shortcuts }) => (
            <section key={title}>
              <h3>{title}</h3>
              <dl className={styles.list}>
                {shortcuts.map(({ keys, label }) => (
                  <div key={keys}>
                    <dt>{label}</dt>
                    <dd>
                      {keys.split(" ").map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
      </div>
    </Dialog>
  );
}
