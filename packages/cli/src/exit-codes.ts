/**
 * The exit codes of `sayso ask`. Only 0 means yes, and only 10 means no. Codes that other programs end with mean neither:
 * 1 and 2 (npx without the package, Node, a shell's syntax error), 126 and 127 (no such program), 128 and above (a
 * signal).
 */
export const exitCodes = {
  approved: 0,
  rejected: 10,
  expired: 11,
  cancelled: 12,
  /** Nobody's answer is known: an error, or the command was interrupted. */
  noAnswer: 13,
} as const;
