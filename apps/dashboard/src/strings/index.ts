/**
 * The texts of the dashboard, by feature. The texts of pages that few people open are in files beside this one. Another
 * language is another folder of the same shape, chosen in this file and in those.
 */
export * as strings from "./en/index.ts";
