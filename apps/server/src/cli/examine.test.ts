import { expect, test } from "vitest";
import { reachableHost } from "./examine.ts";

test.each([
  ["0.0.0.0", "127.0.0.1"],
  ["127.0.0.1", "127.0.0.1"],
  ["localhost", "localhost"],
  ["::", "[::1]"],
  ["fd00::7", "[fd00::7]"],
])("a server that listens on %s is asked at %s", (host, asked) => {
  const { href } = new URL(`http://${reachableHost(host)}:4747/healthz`);
  expect(href).toBe(`http://${asked}:4747/healthz`);
});
