/**
 * Makes text from a search box readable for `websearch_to_tsquery`. A dash negates the next word, and PostgreSQL fails
 * at 32 negations of negations. So this drops 25 or more dashes that have no letter or digit between them.
 */
export const searchWords = (typed: string): string =>
  typed.replaceAll(/(?:-[^\p{L}\p{N}-]*){25,}/gu, " ");
