import { Button as BaseButton } from "@base-ui/react/button";
import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes.ts";
import styles from "./button.module.css";
import type { Pause } from "./pause/use-in-sight.ts";

interface Look {
  /** `yes` and `no` are for deciding, `danger` for what can't be undone. Default: `plain`. */
  kind?: "plain" | "primary" | "yes" | "no" | "danger" | "quiet";
  size?: "small" | "normal" | "large";
  /** A decoration in front of the words. */
  icon?: ReactNode;
}

type ButtonProps = Omit<ComponentProps<typeof BaseButton>, "className" | "style"> &
  Look & {
    /** Whether an action is under way. The button can't be pressed then, and screen readers say that it is busy. */
    isBusy?: boolean;
    /**
     * Whether the button can't be pressed yet, because the person has not read its subject. It can have the focus
     * already.
     */
    isResting?: boolean;
    /** The pause in which the button can't be pressed, because its subject has only just appeared. */
    pause?: Pause;
    className?: string;
  };

/** A button. It keeps its width and the focus while it is busy. */
export function Button(props: ButtonProps) {
  const { kind, size, icon, isBusy = false, pause, ...others } = props;
  const { className, children, disabled, isResting: isUnread = false, ...rest } = others;
  const isResting = isUnread || pause?.isOver === false;
  return (
    <BaseButton
      type="button"
      {...rest}
      disabled={disabled === true || isBusy || isResting}
      focusableWhenDisabled={isBusy || isResting}
      aria-busy={isBusy || undefined}
      data-pause={pause?.id}
      className={classes(buttonClass({ kind, size }), className)}
    >
      {icon}
      {children}
    </BaseButton>
  );
}

/** Returns the classes that make a link look like a button. */
export const buttonClass = ({ kind = "plain", size = "normal" }: Look = {}): string =>
  classes(styles.button, styles[kind], styles[size]);

/** A square button that shows only an icon. `label` is its name and its tooltip. */
export function IconButton({
  label,
  children,
  ...rest
}: Omit<ButtonProps, "icon" | "aria-label"> & { label: string }) {
  return (
    <Button
      kind="quiet"
      {...rest}
      className={classes(styles.square, rest.className)}
      aria-label={label}
      title={label}
    >
      {children}
    </Button>
  );
}
