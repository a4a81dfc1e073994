import { Agent, request } from "node:http";

export interface HttpClient {
  /** Resolves with the parsed body; rejects unless the status is 2xx. */
  call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    key: string,
    body?: unknown,
  ): Promise<Body>;
  close(): void;
}

/**
 * Creates a client on kept-alive connections that does little work, so that the load generator takes little of the two
 * cores.
 */
export function createHttpClient(url: string, connections: number): HttpClient {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: "lifo" });
  return {
    call: <Body>(method: string, path: string, key: string, body?: unknown) =>
      new Promise<Body>((resolve, reject) => {
        const payload = body === undefined ? undefined : JSON.stringify(body);
        const headers = {
          authorization: `Bearer ${key}`,
          ...(payload !== undefined && {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(payload),
          }),
        };
        const sent = request({ agent, hostname, port, method, path, headers }, (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
          response.on("end", () => {
            if ((response.statusCode ?? 500) < 300) resolve(JSON.parse(text) as Body);
            else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
          });
        });
        sent.on("error", reject);
        sent.end(payload);
      }),
    close: () => agent.destroy(),
  };
}
