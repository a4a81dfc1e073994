/** Every text of the dashboard, by feature. Another language is another folder of the same shape, chosen here. */
export * as strings from "./en/index.ts";
