import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Router } from "express";

/** The files of the pages. Each has an address that changes with its content, so browsers can cache it for good. */
export interface Assets {
  /** The one style sheet. */
  stylePath: string;
  /** The one script: passkeys need the browser's own functions. */
  passkeyScriptPath: string;
  /** Answers with the files. */
  assetsRouter: Router;
}

/** Reads the files from `assets/`, which is beside this file, and beside the bundle. */
export function createAssets(): Assets {
  const router = Router();
  return {
    stylePath: serve(router, ["palette.css", "sayso.css"], "text/css; charset=utf-8"),
    passkeyScriptPath: serve(router, ["passkeys.js"], "text/javascript; charset=utf-8"),
    assetsRouter: router,
  };
}

/** Joins several files into one, under the last one's name. */
function serve(router: Router, files: readonly [string, ...string[]], type: string): string {
  const content = Buffer.concat(
    files.map((file) => readFileSync(new URL(`./assets/${file}`, import.meta.url))),
  );
  const name = files.at(-1) ?? files[0];
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const path = `/assets/${name.replace(".", `.${hash}.`)}`;
  router.get(path, (_request, response) => {
    response.set({
      "Content-Type": type,
      "Cache-Control": "public, max-age=31536000, immutable",
      "X-Content-Type-Options": "nosniff",
      "Cross-Origin-Resource-Policy": "same-origin",
    });
    response.send(content);
  });
  return path;
}
