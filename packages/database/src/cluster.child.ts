import { fileURLToPath } from "node:url";
import { openCluster } from "./cluster.ts";

/** Path of this program, which tests run as a process of its own: `node … <data directory> <purpose>`. */
export const clusterProgram = fileURLToPath(import.meta.url);

/**
 * A line of the program's output, one JSON object each. A line on its standard input makes it stop the cluster and
 * exit.
 */
export type ClusterProgramLine =
  | { event: "open"; ownerUrl: string; millis: number }
  | { event: "refused"; name: string; message: string }
  | { event: "log"; message: string };

function print(line: ClusterProgramLine): void {
  console.log(JSON.stringify(line));
}

async function main(dataDirectory: string, purpose: "server" | "command"): Promise<void> {
  const began = performance.now();
  const report = (_fields: object, message: string): void => print({ event: "log", message });
  try {
    const cluster = await openCluster({
      dataDirectory,
      password: "child's secret / ?",
      holder: `sayso ${purpose}`,
      purpose,
      log: { info: report, warn: report, error: report },
      // A slow machine is no fault here: the test's own limit ends a hang.
      patienceMillis: 600_000,
    });
    print({ event: "open", ownerUrl: cluster.ownerUrl, millis: performance.now() - began });
    process.stdin.once("data", () => void cluster.stop().then(() => process.exit(0)));
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    print({ event: "refused", name, message });
    process.exitCode = 1;
  }
}

const [, program, dataDirectory, purpose] = process.argv;
if (program === clusterProgram)
  await main(dataDirectory ?? "", purpose === "command" ? purpose : "server");
