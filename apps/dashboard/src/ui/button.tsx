import { Button as BaseButton } from "@base-ui/react/button";
import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes.ts";
import styles from "./button.module.css";

interface Look {
  /** Default: `plain`. `yes` and `no` are for deciding, `danger` for what can't be undone. */
  kind?: "plain" | "primary" | "yes" | "no" | "danger" | "quiet";
  size?: "small" | "normal" | "large";
  /** Shown in front of the words; decoration. */
  icon?: ReactNode;
}

type ButtonProps = Omit<ComponentProps<typeof BaseButton>, "className" | "style"> &
  Look & {
    /** Something is under way: it can't be pressed, and says so to screen readers. */
    isBusy?: boolean;
    /** It can't be pressed yet: what it is about has only just appeared. It can have the focus already. */
    isResting?: boolean;
    className?: string;
  };

/** A button. While busy it keeps its width and the focus. */
export function Button(props: ButtonProps) {
  const { kind, size, icon, isBusy = false, isResting = false, ...others } = props;
  const { className, children, disabled, ...rest } = others;
  return (
    <BaseButton
      type="button"
      {...rest}
      disabled={disabled === true || isBusy || isResting}
      focusableWhenDisabled={isBusy || isResting}
      aria-busy={isBusy || undefined}
      className={classes(buttonClass({ kind, size }), className)}
    >
      {icon}
      {children}
    </BaseButton>
  );
}

/** The look of a button for what is a link. */
export const buttonClass = ({ kind = "plain", size = "normal" }: Look = {}): string =>
  classes(styles.button, styles[kind], styles[size]);

/** A square button that shows only an icon; `label` is its name, and what pointing at it tells. */
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
