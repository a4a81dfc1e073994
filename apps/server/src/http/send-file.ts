import type { SentFile } from "@sayso/catalogue";
import type { Response } from "express";
import { drained } from "./drained.ts";

/** A caller who takes nothing for so long is cut off. */
const PATIENCE_MS = 15_000;

/**
 * Sends a file while it is made: what the socket doesn't take is not made yet, so it holds one part at most. When the
 * caller hangs up, or may not be told any more, the making ends. A fault on the way cuts the connection, so that
 * nobody takes half a file for a whole one; before the first part it is answered like any error.
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
