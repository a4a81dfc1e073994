import { WifiOff } from "lucide-react";
import { useSyncExternalStore } from "react";
import { strings } from "../strings/index.ts";
import styles from "./offline-banner.module.css";

function subscribe(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}

/** Shown above every page while the browser has no connection. Screen readers read it out at once. */
export function OfflineBanner() {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  const { offline } = strings.shell;
  return (
    <div role="alert" className={styles.place}>
      {!isOnline && (
        <p className={styles.banner}>
          <WifiOff aria-hidden />
          <span>
            <strong>{offline.title}</strong> {offline.text}
          </span>
        </p>
      )}
    </div>
  );
}
