/** Returns the code of an error of PostgreSQL or of the system, such as "23505" or "EPERM"; undefined if it has none. */
export const errorCode = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
