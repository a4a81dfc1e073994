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
  /**
   * The shape and place. `drawer`: at the right edge, for content that is read beside the page. Default: in the middle,
   * or at the bottom of a phone.
   */
  shape?: "middle" | "wide" | "drawer";
  /** The element that gets the focus. Default: the first one that can have it. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** Whether a click outside leaves the dialog open, for content that is shown once. */
  staysOnClick?: boolean;
  children: ReactNode;
}

/** A dialog. It keeps the focus inside, closes on Escape and on a click outside, and then returns the focus. */
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
          data-dialog
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

/** The buttons at a dialog's foot, which stay in sight in a long dialog. The button that acts comes last. */
export const DialogActions = (props: { children: ReactNode; ref?: Ref<HTMLDivElement> }) => (
  <div ref={props.ref} className={styles.actions}>
    {props.children}
  </div>
);
