import { describe, expect, test } from "vitest";
import { findPasswordFault, hashPassword, verifyPassword } from "./password.ts";
import { hashesDuring } from "./test-hashes.ts";

const phc = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/;

describe("hashing", () => {
  test("is argon2id with m=19456, t=2, p=1 and a salt of its own each time", async () => {
    const [one, two] = await Promise.all([
      hashPassword("a fine pass phrase"),
      hashPassword("a fine pass phrase"),
    ]);
    expect(one).toMatch(phc);
    expect(two).toMatch(phc);
    expect(one).not.toBe(two);
  });

  test("verifies the password, in whichever way its accents were typed, and no other", async () => {
    const hash = await hashPassword("Crème brûlée");
    expect(await verifyPassword("Crème brûlée", hash)).toBe(true);
    expect(await verifyPassword("Crème brûlée".normalize("NFD"), hash)).toBe(true);
    expect(await verifyPassword("creme brulee", hash)).toBe(false);
    expect(await verifyPassword("", hash)).toBe(false);
  });

  test("verifies a hash made elsewhere (RFC 9106's argon2id in other clothes: reference implementation, m=65536 t=2 p=1)", async () => {
    const reference =
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    expect(await verifyPassword("password", reference)).toBe(true);
    expect(await verifyPassword("Password", reference)).toBe(false);
  });

  test("costs the same without a hash, and gives false", async () => {
    const hash = await hashPassword("a fine pass phrase");
    const work = (of: string | null) =>
      hashesDuring(async () => expect(await verifyPassword("something else", of)).toBe(false));
    const known = await work(hash);
    expect(known).toEqual([
      { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32, messageBytes: 14 },
    ]);
    expect(await work(null)).toEqual(known);
  });

  test("refuses a stored hash that it can't read rather than compare with nothing", async () => {
    await expect(verifyPassword("x", "$2b$10$abcdefghijklmnopqrstuv")).rejects.toThrow(/PHC/);
  });

  test("says rate_limited when a flood waits, and serves again afterwards", async () => {
    const flood = await Promise.allSettled(
      Array.from({ length: 80 }, () => verifyPassword("x", null)),
    );
    const refused = flood.filter((outcome) => outcome.status === "rejected");
    expect(refused.length).toBeGreaterThanOrEqual(14);
    expect(refused.length).toBeLessThanOrEqual(16);
    expect(
      refused.every((outcome) => (outcome.reason as { code: string }).code === "rate_limited"),
    ).toBe(true);
    expect(await verifyPassword("x", null)).toBe(false);
  });
});

describe("what makes a good password", () => {
  const good = [
    "correct horse battery staple",
    "Tr0ub4dor&3",
    "x".repeat(60) + "abcd-efgh" + "y".repeat(59),
    "mijn fiets is rood",
    "пароль-подлиннее",
    "日本語の合言葉です",
    "🦊🐢🐳🌵🍉🚲🎈🔑",
    "kilo-tango-73",
  ];
  const common =
    `password Password1 P@ssw0rd passw0rd! password123 123456789 1234567890 qwertyuiop qwerty123 Qwerty!23
    1q2w3e4r 1qaz2wsx zaq12wsx iloveyou iloveyou1 letmein1! LetMeIn2024 welcome1 Welcome123! admin123 Administrator
    changeme changeme123 football1 baseball dragon12 monkey123 sunshine princess1 superman trustno1 11111111 aaaaaaaa
    abcdefgh abcd1234 asdfghjkl zxcvbnm1 passwordpassword abcabcabc 12121212 !@#$%^&* summer2024! Winter2025 sayso123
    87654321 20242024 testtest starwars computer whatever`.split(/\s+/);

  test.each(good)("%s is taken", (password) =>
    expect(findPasswordFault(password, "ada@example.com")).toBeNull(),
  );
  test.each(common)("%s is refused as common", (password) =>
    expect(findPasswordFault(password, "ada@example.com")).toMatch(/tried first/),
  );
  test.each(["", "short", "1234567", "🦊🐢🐳🌵🍉🚲🎈"])("%j is too short", (password) =>
    expect(findPasswordFault(password, null)).toMatch(/at least 8/),
  );
  test("128 characters are taken, 129 are not", () => {
    const long = "ab cd-ef:gh;12,34.".repeat(8);
    expect(findPasswordFault(long.slice(0, 128), null)).toBeNull();
    expect(findPasswordFault(long.slice(0, 129), null)).toMatch(/at most 128/);
  });
  test("the email address is refused, and what stands before its @", () => {
    expect(findPasswordFault("Lovelace@Example.com", "lovelace@example.com")).toMatch(/email/);
    expect(findPasswordFault("ada.lovelace", "ada.lovelace@example.com")).toMatch(/email/);
  });
});
