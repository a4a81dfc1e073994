/**
 * What somebody typed into a search box, as `websearch_to_tsquery` can read it: a dash negates what follows, and
 * PostgreSQL fails at 32 negations of negations. So many dashes with no letter or digit between them mean nothing.
 */
export const searchWords = (typed: string): string =>
  typed.replaceAll(/(?:-[^\p{L}\p{N}-]*){25,}/gu, " ");
