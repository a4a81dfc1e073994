import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BlockedAddressError, createAddressGuard, type Resolve } from "./address-guard.ts";

const never: Resolve = () => Promise.reject(new Error("resolved without need"));

function guardOf(allowedCidrs: string[] = [], resolve: Resolve = never) {
  return createAddressGuard({ allowedCidrs, resolve });
}

function answering(...addresses: string[]): Resolve {
  return () =>
    Promise.resolve(
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
}

/** The reason of the refusal, or "allowed". */
function verdict(url: string, allowedCidrs: string[] = []): string {
  try {
    guardOf(allowedCidrs).checkUrl(url);
    return "allowed";
  } catch (error) {
    if (error instanceof BlockedAddressError) return error.reason;
    throw error;
  }
}

function lookupAll(allowedCidrs: string[], resolve: Resolve, host = "hooks.example") {
  const { lookup } = guardOf(allowedCidrs, resolve);
  return promisify(lookup)(host, { all: true }) as unknown as Promise<
    { address: string; family: number }[]
  >;
}

const BLOCKED = {
  "0.0.0.0/8": ["0.0.0.0", "0.255.255.255"],
  "10/8": ["10.0.0.0", "10.255.255.255"],
  "100.64/10": ["100.64.0.0", "100.127.255.255"],
  "127/8": ["127.0.0.0", "127.0.0.1", "127.255.255.255"],
  "169.254/16": ["169.254.0.0", "169.254.255.255"],
  "172.16/12": ["172.16.0.0", "172.31.255.255"],
  "192.0.0/24": ["192.0.0.0", "192.0.0.255"],
  "192.168/16": ["192.168.0.0", "192.168.255.255"],
  "198.18/15": ["198.18.0.0", "198.19.255.255"],
  multicast: ["224.0.0.0", "239.255.255.255", "[ff00::]", "[ffff:ffff::1]"],
  "240/4": ["240.0.0.0", "255.255.255.255"],
  "::/96": ["[::]", "[::1]", "[::7f00:1]", "[::8.8.8.8]"],
  "v4-mapped": [
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:FFFF:0a00:0001]",
    "[::ffff:8.8.8.8]",
  ],
  "v4-translated": ["[::ffff:0:127.0.0.1]", "[::ffff:0:8.8.8.8]"],
  "64:ff9b::/96": ["[64:ff9b::]", "[64:ff9b::8.8.8.8]", "[64:ff9b::10.0.0.1]"],
  "64:ff9b:1::/48": ["[64:ff9b:1::]", "[64:ff9b:1:ffff:ffff:ffff:ffff:ffff]"],
  "2001::/32": ["[2001::]", "[2001:0:ffff:ffff:ffff:ffff:ffff:ffff]"],
  "2002::/16": ["[2002::]", "[2002:7f00:1::]", "[2002:808:808::1]"],
  "fc00::/7": ["[fc00::]", "[fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]"],
  "fe80::/10": ["[fe80::]", "[febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff]"],
  "fec0::/10": ["[fec0::]", "[feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]"],
};

const PUBLIC = [
  "1.0.0.0",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.0",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "[64:ff9b:2::]",
  "[2001:1::]",
  "[2001:4860:4860::8888]",
  "[2003::]",
  "[2606:4700::1111]",
  "[fbff::]",
];

const METADATA = [
  "169.254.169.254",
  "168.63.129.16",
  "100.100.100.200",
  "169.254.170.2",
  "169.254.170.23",
  "192.0.0.192",
];
const METADATA_IPV6 = ["fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fe80::a9fe:a9fe"];

/** Every way of writing an IPv4 address that browsers and libc accept. */
function spellings(ipv4: string): string[] {
  const bytes = ipv4.split(".").map(Number) as [number, number, number, number];
  const [a, b, c, d] = bytes;
  const number = ((a * 256 + b) * 256 + c) * 256 + d;
  return [
    ipv4,
    `${ipv4}.`,
    String(number),
    `0x${number.toString(16)}`,
    `0X${number.toString(16).toUpperCase()}`,
    `0${number.toString(8)}`,
    bytes.map((byte) => `0x${byte.toString(16)}`).join("."),
    bytes.map((byte) => `0${byte.toString(8)}`).join("."),
    bytes.map((byte) => `0000${byte.toString(8)}`).join("."),
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    ipv4.replaceAll(".", "%2e"),
    ipv4.replaceAll(".", "。"),
    ipv4.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  ];
}

function mapped(ipv4: string): string[] {
  return [`::ffff:${ipv4}`, `0:0:0:0:0:FFFF:${ipv4}`];
}

/** IPv6 addresses that carry this IPv4 address to another place. */
function tunnels(ipv4: string): string[] {
  const hex = Buffer.from(ipv4.split(".").map(Number)).toString("hex");
  const inverted = Buffer.from(ipv4.split(".").map((byte) => 255 - Number(byte))).toString("hex");
  const groups = (text: string) => text.replace(/(.{4})(?!$)/g, "$1:");
  const b = (from: number, to: number) => hex.slice(2 * from, 2 * to);
  return [
    `64:ff9b::${ipv4}`,
    `64:ff9b:1::${ipv4}`,
    groups(`0064ff9b0001${b(0, 2)}00${b(2, 4)}0000000000`),
    groups(`0064ff9b000100${b(0, 1)}00${b(1, 4)}00000000`),
    groups(`0064ff9b0001000000${b(0, 4)}000000`),
    groups(`2002${hex}00000000000000000001`),
    groups(`20010000${hex}0000ffff00000000`),
    groups(`200100004136e3780000ffff${inverted}`),
    `::ffff:0:${ipv4}`,
    `::${ipv4}`,
  ];
}

const ipv4 = fc
  .tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
  .map((bytes) => bytes.join("."));

describe("a literal host", () => {
  test.each(Object.entries(BLOCKED))("in %s is refused", (_range, hosts) => {
    for (const host of hosts) {
      expect([host, verdict(`http://${host}/`)]).toEqual([host, "blocked_range"]);
    }
  });

  test.each(PUBLIC)("%s beside a blocked range is allowed", (host) => {
    expect(verdict(`http://${host}/`)).toBe("allowed");
    expect(verdict(`https://${host}:8443/x?y#z`)).toBe("allowed");
  });

  test("is judged alike in decimal, octal, hex, short and full-width spelling", () => {
    fc.assert(
      fc.property(
        fc.oneof(ipv4, fc.constantFrom("127.0.0.1", "10.1.2.3", "8.8.8.8", "192.168.1.1")),
        (address) => {
          const expected = verdict(`http://${address}/`);
          for (const host of spellings(address)) {
            expect([host, verdict(`http://${host}/`)]).toEqual([host, expected]);
          }
        },
      ),
    );
  });

  test("in IPv6 that carries IPv4 is refused whatever it leads to", () => {
    fc.assert(
      fc.property(ipv4, (address) => {
        for (const host of [...tunnels(address), ...mapped(address)]) {
          expect(verdict(`http://[${host}]/`)).not.toBe("allowed");
        }
      }),
    );
  });
});

describe("a URL", () => {
  test.each([
    ["ftp://example.com/", "scheme"],
    ["file:///etc/passwd", "scheme"],
    ["gopher://127.0.0.1:6379/_x", "scheme"],
    ["data:text/plain,x", "scheme"],
    ["javascript:alert(1)", "scheme"],
    ["unix:/var/run/docker.sock", "scheme"],
    ["http://user@example.com/", "userinfo"],
    ["http://:secret@example.com/", "userinfo"],
    ["http://example.com@127.0.0.1/", "userinfo"],
    ["", "invalid_url"],
    ["/relative", "invalid_url"],
    ["//example.com/", "invalid_url"],
    ["http://", "invalid_url"],
    ["http://[::1", "invalid_url"],
    ["http://1.2.3.256/", "invalid_url"],
    ["http://[fe80::1%25eth0]/", "invalid_url"],
    ["http://exa mple.com/", "invalid_url"],
  ])("%s is refused (%s)", (url, reason) => {
    expect(verdict(url, ["0.0.0.0/0", "::/0"])).toBe(reason);
  });

  test("is read as browsers read it before it is judged", () => {
    expect(verdict("http:\\\\127.0.0.1\\")).toBe("blocked_range");
    expect(verdict("ht\ntp://127.0.0.1/")).toBe("blocked_range");
    expect(verdict("http:127.0.0.1")).toBe("blocked_range");
    expect(verdict("HTTP://example.com#@127.0.0.1")).toBe("allowed");
  });

  test("that passes is returned parsed", () => {
    expect(guardOf().checkUrl("HTTPS://Example.com:443/a b").href).toBe(
      "https://example.com/a%20b",
    );
  });

  test("is never answered with its password", () => {
    for (const url of ["http://user:hunter2@127.0.0.1/", "http://user:hunter2@[::1"]) {
      expect(() => guardOf().checkUrl(url)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining("hunter2") as string }),
      );
    }
  });

  test("any text at all is allowed or refused, nothing else", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.webUrl(),
          fc.string().map((text) => `http://${text}`),
          fc.ipV6().map((address) => `http://[${address}]/`),
        ),
        (text) => {
          expect(typeof verdict(text)).toBe("string");
        },
      ),
    );
  });
});

describe("a host name", () => {
  test("is allowed as a URL and judged by what it resolves to", async () => {
    expect(verdict("http://localhost/")).toBe("allowed");
    await expect(lookupAll([], answering("127.0.0.1"), "localhost")).rejects.toThrow(
      BlockedAddressError,
    );
  });

  test("hands over exactly the addresses it was resolved to, resolved once", async () => {
    let asked = 0;
    const answer = await lookupAll([], (host) => {
      asked += 1;
      expect(host).toBe("hooks.example");
      return answering("8.8.8.8", "2606:4700::1111")(host);
    });
    expect(answer).toEqual([
      { address: "8.8.8.8", family: 4 },
      { address: "2606:4700::1111", family: 6 },
    ]);
    expect(asked).toBe(1);
  });

  test("is refused when any one of its addresses is blocked", async () => {
    const cases = fc.tuple(
      fc.array(fc.constantFrom<string>("8.8.8.8", "1.1.1.1", "2606:4700::1111"), { maxLength: 5 }),
      fc.constantFrom("127.0.0.1", "::1", "::ffff:10.0.0.1", "fe80::1%eth0", "169.254.169.254"),
      fc.nat(5),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([addresses, bad, at]) => {
        await expect(lookupAll([], answering(...addresses.toSpliced(at, 0, bad)))).rejects.toThrow(
          BlockedAddressError,
        );
      }),
    );
  });

  test("gives one address, or one of a family, when a connection asks for that", async () => {
    const { lookup } = guardOf([], answering("2606:4700::1111", "8.8.8.8"));
    const one = (options: object) =>
      new Promise((resolve, reject) => {
        lookup("hooks.example", options, (error, address, family) => {
          if (error) reject(error);
          else resolve([address, family]);
        });
      });
    expect(await one({})).toEqual(["2606:4700::1111", 6]);
    expect(await one({ family: 0 })).toEqual(["2606:4700::1111", 6]);
    expect(await one({ family: 4 })).toEqual(["8.8.8.8", 4]);
    expect(await one({ family: "IPv6" })).toEqual(["2606:4700::1111", 6]);
    expect(await one({ family: 4, all: true })).toEqual([
      [{ address: "8.8.8.8", family: 4 }],
      undefined,
    ]);
  });

  test("without an address, or that cannot be resolved, is an error", async () => {
    await expect(lookupAll([], answering())).rejects.toMatchObject({ code: "ENOTFOUND" });
    await expect(
      lookupAll([], () => Promise.reject(new Error("the resolver is down"))),
    ).rejects.toThrow("the resolver is down");
  });

  test("asked for many times at once is resolved once, and again afterwards", async () => {
    let asked = 0;
    const { lookup } = guardOf([], async (host) => {
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return answering("8.8.8.8")(host);
    });
    const ask = promisify(lookup);
    await Promise.all(Array.from({ length: 50 }, () => ask("a.example", { all: true })));
    expect(asked).toBe(1);
    await ask("a.example", { all: true });
    expect(asked).toBe(2);
  });

  test("is resolved by the system, /etc/hosts included, unless told otherwise", async () => {
    const { lookup } = createAddressGuard({ allowedCidrs: ["loopback"] });
    const found = (await promisify(lookup)("localhost", { all: true })) as unknown;
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ address: expect.stringMatching(/1$/) as string }),
      ]),
    );
  });
});

describe("what the operator allows", () => {
  test.each([
    ["10.0.0.0/8", "10.200.1.1", "11.0.0.0", "192.168.0.1"],
    ["10.1.2.3/8", "10.200.1.1", "11.0.0.0", "127.0.0.1"],
    ["192.168.7.9", "192.168.7.9", "8.8.8.8", "192.168.7.10"],
    ["fd00::/8", "[fd12::1]", "[2606:4700::1]", "[fc00::1]"],
    ["fd12::1", "[fd12::1]", "8.8.8.8", "[fd12::2]"],
    [" loopback ", "127.3.2.1", "8.8.8.8", "10.0.0.1"],
    ["loopback", "[::1]", "8.8.8.8", "[::2]"],
    ["0.0.0.0/0", "10.0.0.1", "127.0.0.1", "[fd00::1]"],
    ["::/0", "[fd00::1]", "[::1]", "10.0.0.1"],
  ])("%s opens %s, keeps %s, and not %s", (cidr, opened, alsoOpen, closed) => {
    expect(verdict(`http://${opened}/`, [cidr])).toBe("allowed");
    expect(verdict(`http://${closed}/`, [cidr])).toBe("blocked_range");
    expect(verdict(`http://${alsoOpen}/`, [cidr])).toBe("allowed");
  });

  test("holds for every spelling of an address and for names", async () => {
    for (const host of spellings("10.0.0.5")) {
      expect(verdict(`http://${host}/`, ["10.0.0.0/8"])).toBe("allowed");
    }
    for (const host of mapped("10.0.0.5")) {
      expect(verdict(`http://[${host}]/`, ["10.0.0.0/8"])).toBe("allowed");
      expect(verdict(`http://[${host}]/`, ["11.0.0.0/8"])).toBe("blocked_range");
      expect(verdict(`http://[${host}]/`, ["::/0"])).toBe("blocked_range");
    }
    const allowed = ["10.0.0.0/8"];
    expect(await lookupAll(allowed, answering("10.0.0.5", "::ffff:10.0.0.6"))).toHaveLength(2);
    await expect(lookupAll(allowed, answering("10.0.0.5", "192.168.0.1"))).rejects.toThrow(
      BlockedAddressError,
    );
  });

  test("in a public tunnel's range does not reach the private networks behind it", () => {
    const open = ["64:ff9b::/96", "2002::/16", "2001::/32"];
    expect(verdict("http://[64:ff9b::8.8.8.8]/", open)).toBe("allowed");
    expect(verdict("http://[2002:808:808::1]/", open)).toBe("allowed");
    expect(verdict("http://[64:ff9b::10.0.0.1]/", open)).toBe("blocked_range");
    expect(verdict("http://[2002:a00:1::1]/", open)).toBe("blocked_range");
    expect(verdict("http://[64:ff9b::10.0.0.1]/", [...open, "10.0.0.0/8"])).toBe("allowed");
  });

  test.each([
    "10.0.0.0/33",
    "10.0.0/8",
    "fd00::/129",
    "10.0.0.0/",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "fe80::1%eth0",
    "n8n.local",
    "",
    "*",
  ])("must be a range: %j is refused by name", (cidr) => {
    expect(() => guardOf(["10.0.0.0/8", cidr])).toThrow(RangeError);
    expect(() => guardOf([cidr])).toThrow(JSON.stringify(cidr));
    expect(() => guardOf([cidr])).toThrow("SAYSO_ALLOWED_CALLBACK_CIDRS");
  });
});

describe("cloud metadata", () => {
  const everything = [
    "0.0.0.0/0",
    "::/0",
    "loopback",
    "64:ff9b::/96",
    ...METADATA,
    ...METADATA_IPV6,
  ];

  test.each(METADATA)("%s stays closed in every form, whatever is allowed", async (address) => {
    for (const host of [
      ...spellings(address),
      ...[...mapped(address), ...tunnels(address)].map((one) => `[${one}]`),
    ]) {
      expect([host, verdict(`http://${host}/`, everything)]).toEqual([host, "metadata"]);
    }
    await expect(lookupAll(everything, answering("8.8.8.8", address))).rejects.toMatchObject({
      reason: "metadata",
      address,
    });
  });

  test.each(METADATA_IPV6)("%s stays closed, whatever is allowed", async (address) => {
    expect(verdict(`http://[${address}]/`, everything)).toBe("metadata");
    await expect(lookupAll(everything, answering(`${address}%eth0`))).rejects.toMatchObject({
      reason: "metadata",
    });
  });

  test.each([
    "metadata",
    "METADATA",
    "metadata.",
    "metadata.google.internal",
    "Metadata.Google.Internal.",
    "metadata%2egoogle%2einternal",
    "metadata.goog",
  ])("the name %s stays closed without being resolved", async (name) => {
    expect(verdict(`http://${name}/computeMetadata/v1/`, everything)).toBe("metadata");
    const host = decodeURIComponent(name);
    await expect(lookupAll(everything, never, host)).rejects.toMatchObject({ reason: "metadata" });
  });

  test("a name that only resembles it is an ordinary name", () => {
    expect(verdict("http://metadata.example.com/")).toBe("allowed");
  });
});

describe("the refusal", () => {
  test("names the host, the address, why, and the setting that allows it", async () => {
    await expect(lookupAll([], answering("8.8.8.8", "10.1.2.3"), "n8n.lan")).rejects.toMatchObject({
      name: "BlockedAddressError",
      code: "blocked_address",
      reason: "blocked_range",
      host: "n8n.lan",
      address: "10.1.2.3",
      message:
        "n8n.lan (10.1.2.3) is a private network (10.0.0.0/8), which callbacks may not reach; " +
        "to allow it, the operator adds its range to SAYSO_ALLOWED_CALLBACK_CIDRS",
    });
  });

  test("of a literal names it once, as it was understood", () => {
    expect(() => guardOf().checkUrl("http://0x7f.1/")).toThrow(
      /^127\.0\.0\.1 is this machine \(127\.0\.0\.0\/8\), which/,
    );
  });

  test("of metadata offers no setting", () => {
    expect(() => guardOf().checkUrl("http://169.254.169.254/latest")).toThrow(
      /^169\.254\.169\.254 is a cloud metadata address, which no setting opens$/,
    );
  });
});
