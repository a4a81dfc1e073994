import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { useRef, type ComponentProps, type ReactNode, type Ref } from "react";
import { strings } from "../../strings/index.ts";
import { Button, IconButton } from "../button.tsx";
import { classes } from "../classes.ts";
import { NotYet } from "../pause/not-yet.tsx";
import type { Pause } from "../pause/use-in-sight.ts";
import styles from "./dialog.module.css";
import { useInitialFocus, type InitialFocus } from "./initial-focus.ts";

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
  /** The element that gets the focus. Default: the first field; without a field, Cancel; without both, the dialog. */
  initialFocus?: InitialFocus;
  /** Whether a click outside leaves the dialog open, for content that is shown once. */
  staysOnClick?: boolean;
  children: ReactNode;
}

/** A dialog. It keeps the focus inside, closes on Escape and on a click outside, and then returns the focus. */
export function Dialog(props: DialogProps) {
  const {
    isOpen,
    onClose,
    title,
    lead,
    shape = "middle",
    initialFocus = "field",
    children,
  } = props;
  const popup = useRef<HTMLDivElement>(null);
  const focus = useInitialFocus(isOpen, popup, initialFocus);
  return (
    <BaseDialog.Root
      open={isOpen}
      onOpenChange={(open) => !open && onClose()}
      disablePointerDismissal={props.staysOnClick}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={styles.backdrop} />
        <BaseDialog.Popup
          ref={popup}
          className={classes(styles.popup, styles[shape])}
          data-dialog
          initialFocus={focus}
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

interface DialogActionsProps {
  /** The pause of the button that acts, which says "not yet" beside the buttons. */
  pause?: Pause;
  children: ReactNode;
  ref?: Ref<HTMLDivElement>;
}

/** The buttons at a dialog's foot, which stay in sight in a long dialog. The button that acts comes last. */
export const DialogActions = ({ pause, children, ref }: DialogActionsProps) => (
  <div ref={ref} className={styles.actions}>
    {pause && <NotYet pause={pause} />}
    {children}
  </div>
);

/** The button that closes a dialog without an action. */
export const CancelButton = (
  props: Pick<ComponentProps<typeof Button>, "onClick" | "disabled">,
) => (
  <Button data-cancel {...props}>
    {strings.common.cancel}
  </Button>
);

/** The name of a dialog's subject, which screen readers read out after the dialog's title. */
export const DialogSubject = ({ children }: { children: ReactNode }) => (
  <BaseDialog.Description className={styles.subject}>{children}</BaseDialog.Description>
);
