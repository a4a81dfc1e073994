import type { Failpoint, Services } from "@sayso/core";

/**
 * Creates the function that ends the process at a failpoint, as kill -9 would. `SAYSO_FAILPOINT=after_commit:7` does it
 * at the seventh call there.
 *
 * @throws Error if it is set outside of tests (NODE_ENV=test)
 */
export function createFailpoints(env: NodeJS.ProcessEnv = process.env): Services["reach"] {
  const { SAYSO_FAILPOINT: wanted, NODE_ENV } = env;
  if (wanted === undefined) return () => undefined;
  if (NODE_ENV !== "test") throw new Error("SAYSO_FAILPOINT is for tests only");
  const [name, count = "1"] = wanted.split(":");
  let left = Number(count);
  return (point: Failpoint) => {
    if (point === name && --left === 0) process.kill(process.pid, "SIGKILL");
  };
}
