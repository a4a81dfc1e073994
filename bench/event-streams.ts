import { request, type ClientRequest } from "node:http";
import { must } from "@sayso/must";

/** An open `GET /api/v1/events/stream`. */
export interface EventStream {
  close: () => void;
}

const REQUEST_ID = /"request_id":"([0-9a-f-]{36})"/g;

/**
 * Opens a stream, and resolves when it is open. To save work, it only searches for ids of requests and parses nothing.
 *
 * @param tell receives the id of each event's request
 */
export function openEventStream(
  url: string,
  key: string,
  report: (requestId: string) => void,
  query = "",
): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request(
      `${url}/api/v1/events/stream${query}`,
      { agent: false, headers: { authorization: `Bearer ${key}` } },
      (response) => {
        if (response.statusCode !== 200) {
          reject(new Error(`A stream was refused: ${response.statusCode}`));
          return;
        }
        let rest = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          const text = rest + chunk;
          const end = text.lastIndexOf("\n\n") + 1;
          rest = text.slice(end);
          // An event contains the id twice: its own, and one in its copy of the request.
          let last = "";
          for (const [, id] of text.slice(0, end).matchAll(REQUEST_ID)) {
            if (id !== last) report(must(id));
            last = must(id);
          }
        });
        response.on("error", () => undefined);
        resolve({ close: () => sent.destroy() });
      },
    );
    sent.on("error", reject).end();
  });
}
