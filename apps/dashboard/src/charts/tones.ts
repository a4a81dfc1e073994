import styles from "./tones.module.css";

/** The meaning of a chart's part as a colour. Words beside it always say the same. */
export type ChartTone = "good" | "bad" | "warn" | "info" | "plain" | "faint";

/** Returns the class that fills a shape with a tone. */
export const fillOf = (tone: ChartTone): string => styles[tone] ?? "";
