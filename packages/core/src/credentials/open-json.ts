import type { SecretBox } from "./secret-box.ts";

/**
 * Returns what was sealed as JSON. The seal proves that this code wrote it, so it has the type that was written.
 *
 * @throws the error of `SecretBox.open`
 */
export const openJson = <Sealed>(secrets: SecretBox, sealed: Buffer): Sealed =>
  JSON.parse(secrets.open(sealed)) as Sealed;
