import { errorCode } from "@sayso/database";
import { DomainError } from "../errors.ts";

/** SQLSTATEs after which the same transaction can simply be tried again (deadlock, serialization failure). */
const retryable = new Set(["40P01", "40001"]);
/**
 * SQLSTATEs of a violated constraint that no verb has an answer for. Two changes at once can violate one: each was
 * right by itself. A transaction that is run again sees what the other one stored, and is refused in plain words or
 * done.
 */
const violations = new Set(["23503", "23505", "23514"]);
const TRIES = 3;

/**
 * Whether the database is away, restarting, full or too slow (SQLSTATE classes 08, 53 and 57; 25P03: this process was
 * too slow), or the link to it is broken (Node's codes). pg reports some of these by the message alone.
 */
const isUnavailable = (error: unknown): boolean =>
  /^(08|53|57|25P03|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_AGAIN)/.test(
    errorCode(error) ?? "",
  ) ||
  (error instanceof Error &&
    /connection terminated|timeout e(xceeded|xpired)|^Client (has encountered|was closed)/i.test(
      error.message,
    ));

/**
 * Runs a transaction again, at most three times in all, when PostgreSQL asks for it, or when a constraint is violated
 * that the verb has no answer for. Throws `unavailable` (503, try
 * again) when PostgreSQL asks for it a third time, can't be reached or doesn't answer in time.
 *
 * Only a transaction that PostgreSQL reports as undone is run again. When the link fails, the commit can have happened
 * although its answer was lost. Such a transaction is never tried again here, so nothing is done twice, and
 * `unavailable` means "not acknowledged", not "not done". Callers find out by reading, or by asking again with the same
 * idempotency key.
 */
export const withRetries = <T>(transaction: () => Promise<T>): Promise<T> =>
  attemptUpTo(TRIES, transaction);

/**
 * Runs one statement of a longer transaction, such as its commit, with the errors of `withRetries`. It isn't run again:
 * PostgreSQL has undone the whole transaction, and a second commit of nothing would succeed.
 */
export const withoutRetries = <T>(statement: () => Promise<T>): Promise<T> =>
  attemptUpTo(1, statement);

async function attemptUpTo<T>(tries: number, transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      const code = errorCode(error) ?? "";
      const isUndone = retryable.has(code);
      if ((isUndone || violations.has(code)) && attempt < tries) continue;
      if (isUndone || isUnavailable(error)) {
        throw new DomainError(
          "unavailable",
          "The database doesn't answer right now; try again in a moment",
          { cause: error },
        );
      }
      throw error;
    }
  }
}
