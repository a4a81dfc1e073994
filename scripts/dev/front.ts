import { request as ask, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { DashboardSources } from "@sayso/dashboard/dev-server";

/** Options of the one origin of `npm run dev`. */
export interface FrontOptions {
  /** The address of the origin, without a trailing slash. */
  url: string;
  sources: DashboardSources;
  /** Returns the server's port. Waits while the server restarts. Rejects with the reason while it doesn't start. */
  serverPort: () => Promise<number>;
  /** Returns the cookies of a session of the first admin. */
  signIn: () => Promise<string[]>;
}

/**
 * The policy of the dashboard's document. The server's own policy forbids Vite's inline script and styles, and its web
 * socket.
 */
const DASHBOARD_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self' ws:",
].join("; ");

/**
 * The names for this machine that no foreign page can use (DNS rebinding). Every caller is signed in, so other names
 * are refused.
 */
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Answers with the dashboard's sources, with the dashboard's document, and for all other addresses with the server's
 * answer. A page that would send somebody to sign in signs the first admin in instead.
 */
export function createFront(options: FrontOptions) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const answer = async (): Promise<void> => {
      if (!LOCAL_HOST.test(request.headers.host ?? "")) return refuse(response, 403, "Not local.");
      if (isNavigation(request)) return navigate(options, request, response);
      if (!isOfDashboard(request)) return pass(options, request, response);
      options.sources.serve(request, response, () => void pass(options, request, response));
    };
    answer().catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 503, error instanceof Error ? error.message : String(error));
    });
  };
}

const pathOf = (request: IncomingMessage): string => (request.url ?? "/").split("?")[0] ?? "/";

const isOfDashboard = (request: IncomingMessage): boolean => /^\/app(\/|$)/.test(pathOf(request));

const isNavigation = ({ method, headers }: IncomingMessage): boolean =>
  method === "GET" &&
  (headers["sec-fetch-dest"] === "document" || (headers.accept ?? "").includes("text/html"));

async function navigate(
  options: FrontOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { sources } = options;
  const script = `<script type="module" src="${sources.clientPath}"></script>`;
  const answered = await forward(options, request, response, {
    "accept-encoding": "identity",
  }).catch((error: Error) => error);
  if (answered instanceof Error) {
    response.writeHead(503, { "Content-Type": "text/html; charset=utf-8" });
    response.end(`<!doctype html>${script}<pre>${escape(answered.message)}</pre>`);
    return;
  }
  const { statusCode = 502, headers } = answered;
  if (/^\/sign-in(\?|$)/.test(headers.location ?? "")) {
    answered.resume();
    const cookies = await options.signIn();
    response.writeHead(303, { Location: request.url, "Set-Cookie": cookies });
    response.end();
    return;
  }
  if (!(headers["content-type"] ?? "").startsWith("text/html")) {
    response.writeHead(statusCode, headers);
    answered.pipe(response);
    return;
  }
  const page = await text(answered);
  const rest = { ...headers };
  for (const name of ["content-length", "transfer-encoding", "connection"]) delete rest[name];
  if (isOfDashboard(request) && [200, 503].includes(statusCode)) {
    response.writeHead(200, { ...rest, "content-security-policy": DASHBOARD_POLICY });
    response.end(await sources.renderDocument(request.url ?? "/app/"));
    return;
  }
  const policy = loosen(String(headers["content-security-policy"] ?? ""));
  response.writeHead(statusCode, { ...rest, "content-security-policy": policy });
  response.end(page.replace("</head>", `${script}</head>`));
}

/** Returns the page's own policy, extended for the script that reloads the page. */
function loosen(policy: string): string {
  const kept = policy.split("; ").filter((part) => !/^(script|connect|style)-src /.test(part));
  return [
    ...kept,
    "script-src 'self'",
    "connect-src 'self' ws:",
    "style-src 'self' 'unsafe-inline'",
  ].join("; ");
}

async function pass(
  options: FrontOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const answered = await forward(options, request, response, {});
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    response.flushHeaders();
    answered.once("error", () => response.destroy()).pipe(response);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else refuse(response, 503, (error as Error).message);
  }
}

/** Forwards a request to the server. A request that comes while the server restarts waits for it. */
async function forward(
  { serverPort }: FrontOptions,
  request: IncomingMessage,
  response: ServerResponse,
  headers: Record<string, string>,
): Promise<IncomingMessage> {
  const port = await serverPort();
  return new Promise((resolve, reject) => {
    const asked = ask(
      {
        host: "127.0.0.1",
        port,
        method: request.method,
        path: request.url,
        headers: { ...request.headers, ...headers },
      },
      resolve,
    );
    asked.once("error", reject);
    response.once("close", () => asked.destroy());
    request.pipe(asked);
  });
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Retry-After": "1" });
  response.end(`${message}\n`);
}

const escape = (message: string): string =>
  message.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
