/**
 * The texts of the pages about access, which are loaded with those pages. Their language is the one that index.ts
 * chose.
 */
export { access } from "./en/access.ts";
