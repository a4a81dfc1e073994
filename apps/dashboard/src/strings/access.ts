/** The texts of the pages about access, which are loaded with them; in the language that index.ts has chosen. */
export { access } from "./en/access.ts";
