import type { SentFile } from "@sayso/catalogue";
import type { Response } from "express";
import { drained } from "./drained.ts";

/** The time after which a caller that reads nothing is cut off. */
const PATIENCE_MS = 15_000;

/**
 * Sends a file while it is made. It holds one part at most, because it makes no more than the socket takes. The making
 * ends when the caller hangs up or is no longer allowed. An error on the way cuts the connection, so that nobody takes
 * half a file for a whole one; an error before the first part is answered like any other.
 */
export async function sendFile(
  response: Response,
  { mediaType, name, parts }: SentFile,
  isAllowed: () => Promise<boolean>,
): Promise<void> {
  const source = parts[Symbol.asyncIterator]();
  try {
    let part = await source.next();
    response.writeHead(200, {
      "Content-Type": `${mediaType}; charset=utf-8`,
      "Content-Disposition": `attachment; filename="${name}"`,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    });
    for (; !part.done && response.req.method !== "HEAD"; part = await source.next()) {
      if (response.destroyed) return;
      if (!(await isAllowed())) {
        response.destroy();
        return;
      }
      if (!response.write(part.value)) await drained(response, PATIENCE_MS);
    }
    response.end();
  } catch (error) {
    if (!response.headersSent) throw error;
    response.destroy();
  } finally {
    await source.return?.();
  }
}
