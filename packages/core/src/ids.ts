import { createHash, randomFillSync } from "node:crypto";
import { v7 } from "uuid";

/** The random bytes of one id. */
const ID_BYTES = 16;

/** Random bytes for the next ids. One call of the system for many ids costs a tenth of a call for each. */
const random = new Uint8Array(256 * ID_BYTES);
let used = random.length;

function takeRandom(): Uint8Array {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  used += ID_BYTES;
  return random.subarray(used - ID_BYTES, used);
}

/** The time and the counter of the newest id. */
let msecs = 0;
let seq = 0;

/**
 * Returns a new UUIDv7 (RFC 9562 §5.7). It sorts by the time at which it was made, so indexes grow at their end. Ids of
 * one process ascend: within a millisecond, and while the clock goes back, a counter of 32 bits orders them (§6.2).
 */
export function newId(): string {
  const now = Date.now();
  const bytes = takeRandom();
  if (now > msecs) {
    msecs = now;
    // The counter begins in its lower half, so that it has room to count.
    seq = new DataView(bytes.buffer, bytes.byteOffset).getUint32(6) >>> 1;
  } else if (++seq > 0xff_ff_ff_ff) {
    msecs += 1;
    seq = 0;
  }
  return v7({ msecs, seq, random: bytes });
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Says whether the database can read this text as an id. */
export const isUuid = (text: string): boolean => uuid.test(text);

/** Returns the id for a cause or a name: always the same UUIDv8 (RFC 9562 §5.8) for the same text. */
export function derivedId(cause: string): string {
  const bytes = createHash("sha256").update(cause).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
