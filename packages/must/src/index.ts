/**
 * Returns a value that a test needs: `must(rows[0])`, `must(/id=(\w+)/.exec(text))`. The result's type is the value's
 * without null and undefined. Throws an Error that points to the caller if the value is null or undefined.
 */
export function must<T>(value: T): NonNullable<T> {
  if (value !== null && value !== undefined) return value;
  const error = new Error(`A value must be there, but is ${String(value)}.`);
  Error.captureStackTrace(error, must);
  throw error;
}
