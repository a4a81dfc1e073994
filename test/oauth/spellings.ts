// Finds a secret in whatever spelling it was written down.

/** The secret itself, without its prefix, as hex and as base64, also in the midst of something longer. */
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

/** The digits that stand for these bytes alone, whatever stands before and after them. */
function inBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const inner = digits.replace(/=+$/, "").slice(offset === 0 ? 0 : offset + 1, -1);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** The names of the secrets that the text holds in some spelling. */
export const secretsIn = (text: string, secrets: ReadonlyMap<string, string>): string[] =>
  [...secrets]
    .filter(([, secret]) => spellingsOf(secret).some((spelling) => text.includes(spelling)))
    .map(([name]) => name);
