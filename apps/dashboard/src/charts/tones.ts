import styles from "./tones.module.css";

/** What a part of a chart stands for, by its colour; its words stand beside it, always. */
export type ChartTone = "good" | "bad" | "warn" | "info" | "plain" | "faint";

/** The class that fills in a tone. */
export const fillOf = (tone: ChartTone): string => styles[tone] ?? "";
