import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { must } from "@sayso/must";
import { openStage, shareStage, startReceiver, type Stage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { attempted, decide } from "./deliveries.ts";

// docs/faults.md, webhooks 65, 66 and 72: the addresses that no callback goes to. Names that resolve to private
// addresses are tested in apps/server/src/webhooks/address-guard.test.ts, where the test supplies the resolver.

/** `open` can call 127.0.0.0/8, as every test server; `closed` has a public server's default. */
const [open, closed] = await Promise.all([
  shareStage(),
  openStage({ env: { SAYSO_ALLOWED_CALLBACK_CIDRS: "" } }),
]);
const [receiver, canary] = await Promise.all([startReceiver(), startReceiver()]);
afterAll(() => Promise.all([open.close(), closed.close(), receiver.stop(), canary.stop()]));
const port = new URL(canary.url).port;

async function expectNeverSent(stage: Stage, url: string) {
  const made = await stage.machine.api.create({ callback_url: url });
  // The address is refused at once, or accepted and never called.
  if (made.status === 400) {
    expect(made.error?.details?.fields?.[0]?.field).toBe("callback_url");
    return;
  }
  await stage.alice.api.approve(made.body.id);
  const delivery = await attempted(stage, made.body.id, 1);
  expect(delivery).toMatchObject({ last_status_code: null, delivered_at: null });
  expect(delivery.status).not.toBe("delivered");
  expect(delivery.last_error).toMatch(/may not|no setting opens|callbacks may go to/);
  if (url.includes("localhost")) expect(delivery.last_error).not.toMatch(/127\.0\.0\.1/);
}

describe("66: without leave of the operator nothing is sent to", () => {
  test.each([
    ["loopback", `http://127.0.0.1:${port}/`],
    ["loopback by name", `http://localhost:${port}/`],
    ["loopback in short", `http://127.1:${port}/`],
    ["loopback in decimal", `http://2130706433:${port}/`],
    ["loopback in hexadecimal", `http://0x7f000001:${port}/`],
    ["loopback in octal", `http://0177.0.0.1:${port}/`],
    ["another loopback address", `http://127.8.9.10:${port}/`],
    ["this host", `http://0.0.0.0:${port}/`],
    ["loopback in IPv6", `http://[::1]:${port}/`],
    ["loopback mapped into IPv6", `http://[::ffff:127.0.0.1]:${port}/`],
    ["loopback by NAT64", `http://[64:ff9b::7f00:1]:${port}/`],
    ["loopback by 6to4", `http://[2002:7f00:1::]:${port}/`],
    ["a private network", "http://10.0.0.1/"],
    ["carrier-grade NAT", "http://100.64.0.1/"],
    ["a link-local address", "http://169.254.10.10/"],
    ["a unique local address", "http://[fd12:3456::1]/"],
    ["multicast", "http://224.0.0.1/"],
    ["a name with a dot at its end", `http://localhost.:${port}/`],
  ])("%s", async (_what, url) => {
    await expectNeverSent(closed, url);
    expect(canary.requests).toEqual([]);
  });
});

describe("66: also with leave for a network, never to metadata addresses", () => {
  test.each([
    ["of most clouds", "http://169.254.169.254/latest/meta-data/"],
    ["in decimal", "http://2852039166/"],
    ["mapped into IPv6", "http://[::ffff:169.254.169.254]/"],
    ["of AWS in IPv6", "http://[fd00:ec2::254]/"],
    ["of Azure's fabric", "http://168.63.129.16/"],
  ])("%s", async (_what, url) => {
    await expectNeverSent(open, url);
  });
});

test("other schemes and user names in the address are refused at once", async () => {
  for (const url of [
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "http://user:pw@example.com/",
    "javascript:alert(1)",
    "//example.com",
  ]) {
    expect(await open.machine.api.create({ callback_url: url })).toMatchObject({
      status: 400,
      error: { details: { fields: [{ field: "callback_url" }] } },
    });
  }
});

test("65: a redirect is a failure and is not followed, to nowhere", async () => {
  const locations = [
    `${canary.url}/stolen`,
    "http://169.254.169.254/latest/meta-data/",
    "//127.0.0.1/",
    "/elsewhere",
  ];
  for (const [i, Location] of locations.entries()) {
    const before = receiver.requests.length;
    receiver.answerWith({ status: must([301, 302, 307, 308][i]), headers: { Location } });
    const delivery = await attempted(open, await decide(open, receiver.url), 1);
    expect(delivery).toMatchObject({
      status: "pending",
      last_status_code: [301, 302, 307, 308][i],
    });
    expect(receiver.requests).toHaveLength(before + 1);
  }
  expect(canary.requests).toEqual([]);
});

test("72: a bad TLS certificate is a failure, and the log says why", async () => {
  const pem = await readFile(
    new URL("../../apps/server/src/webhooks/fixtures/self-signed.pem", import.meta.url),
  );
  const received: string[] = [];
  const server = createServer({ key: pem, cert: pem }, (request, response) => {
    received.push(request.url ?? "");
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `https://localhost:${(server.address() as AddressInfo).port}/hook`;
    const delivery = await attempted(open, await decide(open, url), 1);
    expect(delivery).toMatchObject({ status: "pending", last_status_code: null });
    expect(delivery.last_error).toMatch(/certificate|self.signed/i);
    expect(received).toEqual([]);
  } finally {
    server.close();
  }
});
