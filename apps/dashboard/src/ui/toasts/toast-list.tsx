import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { useEffect } from "react";
import { strings } from "../../strings/index.ts";
import { IconButton } from "../button.tsx";
import { showToastsBy } from "./toast.tsx";
import styles from "./toast.module.css";

const manager = Toast.createToastManager();

/** The list of shown toasts. */
export default function ToastList() {
  useEffect(
    () =>
      showToastsBy(({ text, kind }) => {
        manager.add({ title: text, type: kind, timeout: kind === "bad" ? 10_000 : 5000 });
      }),
    [],
  );
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport}>
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Toasts() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((one) => (
    <Toast.Root
      key={one.id}
      toast={one}
      className={styles.toast}
      swipeDirection={["right", "down"]}
    >
      <Toast.Title className={styles.title} />
      <Toast.Close
        render={
          <IconButton size="small" label={strings.common.close}>
            <X aria-hidden />
          </IconButton>
        }
      />
    </Toast.Root>
  ));
}
