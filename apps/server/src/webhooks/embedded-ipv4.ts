import { isIPv6 } from "node:net";

/**
 * The reason why a packet for an IPv6 address ends at the IPv4 address written in it:
 *
 * - `certain`: by the form's definition.
 * - `local`: only if the local network arranges it.
 */
type Ipv4Carrier = "certain" | "local";

// Each form: carrier, leading bytes in hex, positions of the IPv4 address among the 16 bytes, and the mask that its
// bytes are XORed with.
const FORMS: readonly (readonly [Ipv4Carrier, string, readonly number[], number?])[] = [
  // Mapped, compatible (RFC 4291, 2.5.5) and translated (RFC 2765, 2.1).
  ["certain", "00000000000000000000ffff", [12, 13, 14, 15]],
  ["local", "000000000000000000000000", [12, 13, 14, 15]],
  ["local", "0000000000000000ffff0000", [12, 13, 14, 15]],
  // NAT64: the well-known prefix, then the layouts that RFC 6052, 2.2 allows
  // in the local prefix of RFC 8215.
  ["certain", "0064ff9b0000000000000000", [12, 13, 14, 15]],
  ["local", "0064ff9b0001", [6, 7, 9, 10]],
  ["local", "0064ff9b0001", [7, 9, 10, 11]],
  ["local", "0064ff9b0001", [9, 10, 11, 12]],
  ["local", "0064ff9b0001", [12, 13, 14, 15]],
  // 6to4 (RFC 3056, 2), Teredo's server and its client (RFC 4380, 4).
  ["certain", "2002", [2, 3, 4, 5]],
  ["certain", "20010000", [4, 5, 6, 7]],
  ["certain", "20010000", [12, 13, 14, 15], 0xff],
];

/**
 * Returns the IPv4 addresses that an IPv6 address carries, in dotted decimal; none for an IPv4 address or an ordinary
 * IPv6 one. `address` is a valid address without a zone, in any spelling.
 */
export function embeddedIpv4(address: string): { ipv4: string; carrier: Ipv4Carrier }[] {
  if (!isIPv6(address)) return [];
  const bytes = bytesOf(address);
  const hex = bytes.toString("hex");
  return FORMS.filter(([, leading]) => hex.startsWith(leading)).map(
    ([carrier, , positions, mask = 0]) => ({
      carrier,
      ipv4: positions.map((at) => bytes.readUInt8(at) ^ mask).join("."),
    }),
  );
}

function bytesOf(ipv6: string): Buffer {
  // The URL parser writes a dotted tail as hex groups.
  const canonical = new URL(`http://[${ipv6}]`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const before = groupsOf(head);
  const after = groupsOf(tail ?? "");
  const zeros = Array<string>(8 - before.length - after.length).fill("0000");
  return Buffer.from([...before, ...zeros, ...after].join(""), "hex");
}

function groupsOf(part: string): string[] {
  return part === "" ? [] : part.split(":").map((group) => group.padStart(4, "0"));
}
