import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from "node:crypto";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { DomainError } from "../errors.ts";
import { commonWords } from "./common-passwords.ts";

/** OWASP's second recommendation for argon2id: 19 MiB, two passes, one lane. One hash takes about 35 ms. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const TAG_BYTES = 32;

const LENGTH_MIN = 8;
const LENGTH_MAX = 128;

/** The number of hashes at once, so that a flood of sign-ins leaves the processor and the thread pool to others. */
const AT_ONCE_MAX = Math.min(2, Math.max(1, Math.floor(availableParallelism() / 2)));
const WAITING_MAX = 64;

const derive = promisify(
  (parameters: Argon2Parameters, done: (error: Error | null, tag: Buffer) => void) =>
    argon2("argon2id", parameters, done),
);

/**
 * Returns the argon2id hash (RFC 9106) of a password with a fresh salt, as a PHC string:
 * `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<tag>`. Normalises the password to NFKC first, so that the keyboard that typed
 * it makes no difference.
 *
 * @throws DomainError `rate_limited` when too many passwords are being hashed already
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await inTurn(() => deriveTag(password, salt, MEMORY_KIB, PASSES, LANES, TAG_BYTES));
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${encode(salt)}$${encode(tag)}`;
}

const phc =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/**
 * Whether `password` is the one that was hashed. Compares in constant time. Without a hash (null) it returns false
 * after the work of a real comparison.
 *
 * @throws DomainError `rate_limited` when too many passwords are being hashed already
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const parts = phc.exec(hash ?? nobodysHash);
  if (!parts) throw new Error("a stored password hash is not an argon2id PHC string");
  const [, memory, passes, lanes, salt = "", tag = ""] = parts;
  const expected = Buffer.from(tag, "base64");
  const actual = await inTurn(() =>
    deriveTag(
      password,
      Buffer.from(salt, "base64"),
      Number(memory),
      Number(passes),
      Number(lanes),
      expected.length,
    ),
  );
  return timingSafeEqual(actual, expected) && hash !== null;
}

/** The hash for the comparison when an account has none. No password leads to it. */
const nobodysHash = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${encode(randomBytes(SALT_BYTES))}$${encode(randomBytes(TAG_BYTES))}`;

/**
 * Returns the reason why a password is refused, in words for the person who chose it. Null when it is good: 8 to 128
 * characters, not a common one, not the person's own e-mail address.
 */
export function findPasswordFault(password: string, email: string | null): string | null {
  const length = [...password.normalize("NFKC")].length;
  if (length < LENGTH_MIN) return `Use at least ${LENGTH_MIN} characters`;
  if (length > LENGTH_MAX) return `Use at most ${LENGTH_MAX} characters`;
  const lower = password.normalize("NFKC").toLowerCase();
  const address = email?.toLowerCase();
  if (address && (lower === address || lower === address.split("@")[0])) {
    return "Your email address is too easy to guess as a password";
  }
  return isCommon(lower)
    ? "This is one of the passwords that are tried first; choose another"
    : null;
}

const lookalikes: Record<string, string> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};
const rows = [
  "01234567890",
  "09876543210",
  "abcdefghijklmnopqrstuvwxyz",
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "1q2w3e4r5t6y7u8i9o0p",
  "qazwsxedcrfvtgbyhnujm",
  "zaq1xsw2cde3vfr4bgt5",
  "1qaz2wsx3edc4rfv5tgb",
  "zaq12wsxcde34rfvbgt5",
];

/**
 * Whether a password is common: few characters repeated, a row of keys, or a common word with digits and marks around
 * it or in it.
 */
function isCommon(lower: string): boolean {
  if (new Set(lower).size <= 3 || /^(.{1,4})\1+$/u.test(lower) || /^\d{8,12}$/.test(lower))
    return true;
  if (rows.some((row) => row.includes(lower))) return true;
  const marks = String.raw`[\d!-/:-@[-\`{-~]`;
  const bare = lower.replace(new RegExp(`^${marks}+|${marks}+$`, "g"), "");
  const beginning = lower.replace(new RegExp(`${marks}+$`), "");
  const read = [beginning, lower].map((text) =>
    text.replace(/[013457@$!]/g, (mark) => lookalikes[mark] ?? mark),
  );
  const words = [bare, ...read.map((text) => text.replace(new RegExp(marks, "g"), ""))];
  return bare === "" || words.some((word) => commonWords.has(word) || isDoubled(word));
}

const isDoubled = (word: string): boolean =>
  word.length % 2 === 0 &&
  word.slice(0, word.length / 2) === word.slice(word.length / 2) &&
  commonWords.has(word.slice(word.length / 2));

function deriveTag(
  password: string,
  nonce: Buffer,
  memory: number,
  passes: number,
  parallelism: number,
  tagLength: number,
): Promise<Buffer> {
  return derive({
    message: password.normalize("NFKC"),
    nonce,
    memory,
    passes,
    parallelism,
    tagLength,
  });
}

function encode(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}

let underWay = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (underWay >= AT_ONCE_MAX) {
    if (waiting.length >= WAITING_MAX) {
      throw new DomainError(
        "rate_limited",
        "Too many people are signing in right now; try again in a moment",
        {
          details: { retry_after_seconds: 2 },
        },
      );
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    underWay++;
  }
  try {
    return await work();
  } finally {
    // Hands the place on instead of freeing it, so that no later caller gets ahead of those that wait.
    const next = waiting.shift();
    if (next) next();
    else underWay--;
  }
}
