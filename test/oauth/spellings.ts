// Finds a secret in a text, in any spelling.

/** Returns the secret itself, and without its prefix, as hex and as base64, also as a part of a longer value. */
export function spellingsOf(secret: string): string[] {
  const bare = secret.replace(/^(?:[a-z]{2}|whsec)_/, "");
  const bytes = [Buffer.from(secret), Buffer.from(bare)];
  if (/^(?:[0-9a-f]{2}){16,}$/.test(bare)) bytes.push(Buffer.from(bare, "hex"));
  return [
    ...new Set([
      secret,
      bare,
      encodeURIComponent(secret),
      ...bytes.flatMap((buffer) => [buffer.toString("hex"), ...inBase64(buffer)]),
    ]),
  ];
}

/** Returns the base64 digits that depend on these bytes only, for any bytes before and after them. */
function inBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const inner = digits.replace(/=+$/, "").slice(offset === 0 ? 0 : offset + 1, -1);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** Returns the names of the secrets that the text contains in some spelling. */
export const secretsIn = (text: string, secrets: ReadonlyMap<string, string>): string[] =>
  [...secrets]
    .filter(([, secret]) => spellingsOf(secret).some((spelling) => text.includes(spelling)))
    .map(([name]) => name);
