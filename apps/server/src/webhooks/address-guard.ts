import { lookup as dnsLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { embeddedIpv4 } from "./embedded-ipv4.ts";

const SETTING = "SAYSO_ALLOWED_CALLBACK_CIDRS";

/** An address of a host name, as `dns.lookup` returns it. */
export type ResolvedAddress = { address: string; family: number };

/** Resolves a host name to all its addresses. Rejects if it has none. */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>;

/** Decides where the server may connect on a stranger's behalf. */
export type AddressGuard = {
  /**
   * Parses an absolute URL. Returns it if it is http or https, carries no user or password, and its host is neither a
   * blocked literal address (in any spelling that the WHATWG URL standard reads as one) nor a metadata name. A host
   * name passes here; `lookup` judges it.
   *
   * @throws BlockedAddressError
   */
  checkUrl(url: string | URL): URL;
  /**
   * The `lookup` of a `net`, `http` or `https` connection. Resolves once, and returns addresses only if all of them are
   * allowed. The connection then goes to one of exactly these, so a name cannot change in between. Fails with a
   * BlockedAddressError, or with the resolver's own error.
   */
  lookup: LookupFunction;
};

/** The reason of a refusal; no setting opens `metadata`. */
export type BlockedAddressReason =
  "invalid_url" | "scheme" | "userinfo" | "blocked_range" | "metadata";

/**
 * A refused callback address. The message names the host, the address, the reason and, where it helps, the setting that
 * would allow it; it never repeats a user name or password. If `address` differs from `host`, a name resolved to it;
 * only the operator may see it then.
 */
export class BlockedAddressError extends Error {
  override readonly name = "BlockedAddressError";
  readonly code = "blocked_address";
  readonly reason: BlockedAddressReason;
  /** The host as written in the URL, null: it has none. */
  readonly host: string | null;
  /** The address that was refused, null: the host was refused by name. */
  readonly address: string | null;

  constructor(
    reason: BlockedAddressReason,
    message: string,
    host: string | null = null,
    address: string | null = null,
  ) {
    super(message);
    this.reason = reason;
    this.host = host;
    this.address = address;
  }
}

/** The ranges that only the operator can open, each as [CIDR, description]. */
const BLOCKED_RANGES = [
  ["0.0.0.0/8", "this host"],
  ["10.0.0.0/8", "a private network"],
  ["100.64.0.0/10", "a carrier's network"],
  ["127.0.0.0/8", "this machine"],
  ["169.254.0.0/16", "link-local"],
  ["172.16.0.0/12", "a private network"],
  ["192.0.0.0/24", "reserved by IETF protocols"],
  ["192.168.0.0/16", "a private network"],
  ["198.18.0.0/15", "a benchmark network"],
  ["224.0.0.0/4", "multicast"],
  ["240.0.0.0/4", "reserved or broadcast"],
  ["::/96", "this machine or an IPv4-compatible address"],
  ["::ffff:0:0/96", "an IPv4 address written as IPv6"],
  ["::ffff:0:0:0/96", "an IPv4-translated address"],
  ["64:ff9b::/96", "a NAT64 address"],
  ["64:ff9b:1::/48", "a local NAT64 address"],
  ["2001::/32", "a Teredo address"],
  ["2002::/16", "a 6to4 address"],
  ["fc00::/7", "a private network"],
  ["fe80::/10", "link-local"],
  ["fec0::/10", "site-local"],
  ["ff00::/8", "multicast"],
] as const;

// The addresses at which a cloud gives credentials to everybody inside: AWS, GCP, Azure and most others, then ECS
// tasks, EKS pods, Azure's wire server, Alibaba and Oracle; EC2, EKS, GCP and OpenStack over IPv6.
const METADATA_ADDRESSES = [
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "168.63.129.16",
  "100.100.100.200",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd00:ec2::23",
  "fd20:ce::254",
  "fe80::a9fe:a9fe",
];

const METADATA_NAMES = new Set(["metadata", "metadata.google.internal", "metadata.goog"]);

/**
 * Creates the guard over all outgoing callbacks, against server-side request forgery (SSRF).
 *
 * - `allowedCidrs`: ranges or single addresses, IPv4 or IPv6, that the operator opens although they are blocked;
 *   `loopback` stands for 127.0.0.0/8 and ::1. Metadata addresses stay closed, also in their IPv4-in-IPv6 forms.
 * - `resolve`: default `dns.lookup`, so that /etc/hosts counts. Lookups of one name at the same time are one lookup.
 *
 * @throws RangeError that names the entry if `allowedCidrs` is malformed
 */
export function createAddressGuard({
  allowedCidrs,
  resolve = resolveAll,
}: {
  allowedCidrs: readonly string[];
  resolve?: Resolve;
}): AddressGuard {
  const allowed = new AddressSet(
    allowedCidrs.flatMap((cidr) => (cidr.trim() === "loopback" ? ["127.0.0.0/8", "::1"] : [cidr])),
  );

  function checkAddress(host: string, written: string): void {
    const address = written.replace(/%.*$/, "");
    const embedded = embeddedIpv4(address);

    if ([address, ...embedded.map(({ ipv4 }) => ipv4)].some(metadata.has)) {
      throw new BlockedAddressError(
        "metadata",
        `${describe(host, written)} is a cloud metadata address, which no setting opens`,
        host,
        written,
      );
    }
    // An operator who opens a tunnel's range opens a way out, not the private IPv4 networks that its addresses can
    // name.
    const ends = embedded.filter(({ carrier }) => carrier === "certain");
    for (const one of [...ends.map(({ ipv4 }) => ipv4), address]) {
      const range = blocked.find(({ set }) => set.has(one));
      if (range !== undefined && !allowed.has(one)) {
        throw new BlockedAddressError(
          "blocked_range",
          `${describe(host, written)} is ${range.what} (${range.cidr}), which callbacks may not reach; ` +
            `to allow it, the operator adds its range to ${SETTING}`,
          host,
          written,
        );
      }
    }
  }

  const underWay = new Map<string, Promise<readonly ResolvedAddress[]>>();
  function resolveOnce(host: string): Promise<readonly ResolvedAddress[]> {
    const running = underWay.get(host);
    if (running !== undefined) return running;
    const started = resolve(host).finally(() => underWay.delete(host));
    underWay.set(host, started);
    return started;
  }

  async function resolveChecked(host: string): Promise<ResolvedAddress[]> {
    checkName(host);
    const addresses = [...(await resolveOnce(host))];
    for (const { address } of addresses) checkAddress(host, address);
    return addresses;
  }

  return {
    checkUrl(text) {
      const url = parseHttpUrl(text);
      const host = url.hostname.replace(/^\[|\]$/g, "");
      if (isIP(host) === 0) checkName(host);
      else checkAddress(host, host);
      return url;
    },

    lookup(host, { all, family }, callback) {
      const wanted = family === "IPv4" ? 4 : family === "IPv6" ? 6 : family;
      resolveChecked(host).then(
        (addresses) => {
          const usable = addresses.filter((one) => !wanted || one.family === wanted);
          const [first] = usable;
          if (first === undefined) callback(noAddress(host), "", 0);
          else if (all) callback(null, usable);
          else callback(null, first.address, first.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, "", 0),
      );
    },
  };
}

function parseHttpUrl(text: string | URL): URL {
  // URL.parse instead of the constructor, because the constructor's error repeats the whole text.
  const url = URL.parse(String(text));
  if (url === null) {
    throw new BlockedAddressError("invalid_url", "the callback address is not an absolute URL");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new BlockedAddressError(
      "scheme",
      `a callback address starts with http: or https:, not ${url.protocol}`,
      url.hostname || null,
    );
  }
  // Nothing can listen on port 0 (RFC 6335), and programs differ in what a connection to it means.
  if (url.port === "0") {
    throw new BlockedAddressError(
      "invalid_url",
      "a callback address needs a port from 1 to 65535",
      url.hostname,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new BlockedAddressError(
      "userinfo",
      `the callback address at ${url.host} carries a user name or password; send it in a callback header`,
      url.hostname,
    );
  }
  return url;
}

function checkName(host: string): void {
  if (METADATA_NAMES.has(host.toLowerCase().replace(/\.+$/, ""))) {
    throw new BlockedAddressError(
      "metadata",
      `${host} is a cloud metadata service, which no setting opens`,
      host,
    );
  }
}

function describe(host: string, address: string): string {
  return host === address ? address : `${host} (${address})`;
}

function noAddress(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} has no usable address`), {
    code: "ENOTFOUND",
  });
}

function resolveAll(host: string): Promise<readonly ResolvedAddress[]> {
  return new Promise((done, fail) => {
    dnsLookup(host, { all: true, order: "verbatim" }, (error, addresses) => {
      if (error) fail(error);
      else done(addresses);
    });
  });
}

// One list per family: a BlockList also matches IPv4 addresses against IPv6 ranges, so that ::/0 would open all of
// IPv4. The IPv4 list also gets the IPv6 addresses, because a BlockList reads an IPv4-mapped one as the IPv4 address
// that it is.
class AddressSet {
  readonly #ipv4 = new BlockList();
  readonly #ipv6 = new BlockList();

  constructor(entries: readonly string[]) {
    for (const entry of entries) this.#add(entry.trim());
  }

  readonly has = (address: string): boolean =>
    isIP(address) === 4
      ? this.#ipv4.check(address, "ipv4")
      : this.#ipv6.check(address, "ipv6") || this.#ipv4.check(address, "ipv6");

  #add(entry: string): void {
    const [, network = "", bits] = /^([^/%]*)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
    const family = isIP(network);
    const widest = family === 4 ? 32 : 128;
    const prefix = bits === undefined ? widest : Number(bits);
    if (family === 0 || prefix > widest) {
      throw new RangeError(
        `${JSON.stringify(entry)} in ${SETTING} is not an address range such as 10.0.0.0/8 or fd00::/8, nor "loopback"`,
      );
    }
    if (family === 4) this.#ipv4.addSubnet(network, prefix, "ipv4");
    else this.#ipv6.addSubnet(network, prefix, "ipv6");
  }
}

const metadata = new AddressSet(METADATA_ADDRESSES);
const blocked = BLOCKED_RANGES.map(([cidr, what]) => ({
  cidr,
  what,
  set: new AddressSet([cidr]),
}));
