import { strings } from "../../strings/index.ts";
import styles from "./not-yet.module.css";
import type { Pause } from "./use-in-sight.ts";

interface NotYetProps {
  pause: Pause;
  /**
   * `beside`: in the free part of a row of buttons. `above`: on a line above buttons that keep their place. `below`: on a
   * line below buttons, whose height is kept free. Default: `beside`.
   */
  place?: "beside" | "above" | "below";
}

/**
 * Says near the buttons that a press came too soon, until the buttons work. Screen readers read it out. It covers and
 * moves no button.
 */
export const NotYet = ({ pause, place = "beside" }: NotYetProps) => (
  <p className={styles.notYet} data-place={place} role="status">
    {pause.isTooSoon && strings.common.notYet}
  </p>
);
