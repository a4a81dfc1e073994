import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { Router, type Request, type Response } from "express";
import { html } from "../html/html.ts";
import { publicPage, type Site } from "../site/site.ts";

/** The dashboard's path below the server's root. */
const BASE = "/app";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};

/**
 * The content that the dashboard may load: its own files, pictures inside the document, and this server's answers. No
 * inline script or style.
 */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

const fileHeaders = {
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
};

interface Encoded {
  type: string;
  /** By content coding: br, gzip, identity. */
  bodies: Map<string, Buffer>;
}

/**
 * Serves the dashboard below /app/. Its files are cached for good if their names change with their content. Every other
 * address there gets its one document. People who are not signed in are sent to sign in first. A server that was built
 * without the dashboard says so.
 */
export function createDashboard(site: Site): Router {
  const files = readFiles();
  const router = Router();
  for (const [path, file] of files) {
    if (path === "index.html") continue;
    const isForGood = path.startsWith("assets/");
    router.get(`${BASE}/${path}`, (request, response) => {
      response.set(fileHeaders);
      response.set(
        "Cache-Control",
        isForGood ? "public, max-age=31536000, immutable" : "public, max-age=3600",
      );
      send(request, response, file);
    });
  }
  const document = files.get("index.html");
  router.get(
    [BASE, `${BASE}/{*path}`],
    publicPage(site, (visit) => {
      const { request, response, session } = visit;
      if (!session) {
        visit.redirect(`/sign-in?next=${encodeURIComponent(request.originalUrl)}`);
        return;
      }
      if (!document) {
        visit.show(notBuilt, 503);
        return;
      }
      response.set("Content-Security-Policy", CONTENT_POLICY);
      send(request, response, document);
    }),
  );
  return router;
}

const notBuilt = {
  title: "No dashboard",
  shape: "form",
  main: html`<h1>This build has no dashboard</h1>
    <p>
      Run <code>npm run build</code> and start the server again. The
      <a href="/waiting">list of waiting requests</a> works without it.
    </p>`,
} as const;

function send(request: Request, response: Response, { type, bodies }: Encoded): void {
  const accepted = request.acceptsEncodings([...bodies.keys()]) || "identity";
  response.set({ "Content-Type": type, Vary: "Accept-Encoding" });
  if (accepted !== "identity") response.set("Content-Encoding", accepted);
  response.end(bodies.get(accepted) ?? bodies.get("identity"));
}

/** Reads all files by their path, each with the compressed forms that the build made. */
function readFiles(): Map<string, Encoded> {
  const files = new Map<string, Encoded>();
  const folder = findFolder();
  if (folder === null) return files;
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const read = (path: string) => readFileSync(join(folder, path));
  for (const path of paths) {
    const type = types[extname(path)];
    if (type === undefined) continue;
    const bodies = new Map<string, Buffer>();
    if (paths.includes(`${path}.br`)) bodies.set("br", read(`${path}.br`));
    if (paths.includes(`${path}.gz`)) bodies.set("gzip", read(`${path}.gz`));
    bodies.set("identity", read(path));
    files.set(path.split(sep).join("/"), { type, bodies });
  }
  return files;
}

/** Finds the dashboard beside the bundle, or in its build folder beside the sources; null: it was never built. */
function findFolder(): string | null {
  const places = ["./dashboard", "../../../dashboard/dist"];
  const folders = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return folders.find((folder) => existsSync(join(folder, "index.html"))) ?? null;
}
