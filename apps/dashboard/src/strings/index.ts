/**
 * The texts of the dashboard, by feature; those of pages that few open stand in files beside this one. Another language is
 * another folder of the same shape, chosen here and there.
 */
export * as strings from "./en/index.ts";
