import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode, Ref, RefObject } from "react";
import { strings } from "../../strings/index.ts";
import { IconButton } from "../button.tsx";
import { classes } from "../classes.ts";
import styles from "./dialog.module.css";

interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: ReactNode;
  /** One sentence below the title. */
  lead?: ReactNode;
  /** `drawer`: at the right edge, for what is read beside the page. Default: in the middle; at the bottom on a phone. */
  shape?: "middle" | "wide" | "drawer";
  /** What gets the focus; default: the first thing that can have it. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** A click outside doesn't close it: for what is shown once. */
  staysOnClick?: boolean;
  children: ReactNode;
}

/** A dialog: keeps the focus, closes by Escape and a click outside, gives the focus back. */
export function Dialog(props: DialogProps) {
  const { isOpen, onClose, title, lead, shape = "middle", initialFocus, children } = props;
  return (
    <BaseDialog.Root
      open={isOpen}
      onOpenChange={(open) => !open && onClose()}
      disablePointerDismissal={props.staysOnClick}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={styles.backdrop} />
        <BaseDialog.Popup
          className={classes(styles.popup, styles[shape])}
          initialFocus={initialFocus}
        >
          <header className={styles.head}>
            <BaseDialog.Title className={styles.title}>{title}</BaseDialog.Title>
            <BaseDialog.Close
              render={
                <IconButton label={strings.common.close}>
                  <X aria-hidden />
                </IconButton>
              }
            />
          </header>
          {lead !== undefined && (
            <BaseDialog.Description className={styles.lead}>{lead}</BaseDialog.Description>
          )}
          {children}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

/** The buttons at a dialog's foot, in sight however long it is; the one that does it comes last. */
export const DialogActions = (props: { children: ReactNode; ref?: Ref<HTMLDivElement> }) => (
  <div ref={props.ref} className={styles.actions}>
    {props.children}
  </div>
);
