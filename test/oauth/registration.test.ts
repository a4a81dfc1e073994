// Case 36 of docs/faults.md: the apps that an admin can register.
import { createClient, presetRedirectUris } from "@sayso/core";
import { api } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { exchangeAt, openReplicas, REDIRECT_URI } from "./app.ts";

const replicas = await openReplicas();
afterAll(() => replicas.close());
const { organization, ada, here } = replicas;

/** Addresses that must never receive a code, for any kind of app. */
const evil = [
  "javascript:alert(document.domain)",
  "JavaScript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:msgbox(1)",
  "blob:https://app.example.com/1",
  "file:///etc/passwd",
  "about:blank",
  "https://user@app.example.com/callback",
  "https://user:pass@app.example.com/callback",
  "https://@app.example.com/callback",
  "https://app.example.com/callback#fragment",
  "https://app.example.com/callback#",
  "https://*.example.com/callback",
  "https://app.example.com/*",
  "https://app.example.com/call back",
  "https://app.example.com\\callback",
  "https://app.example.com/\ncallback",
  "https://app.example.com/callback\0",
  "//app.example.com/callback",
  "/callback",
  "callback",
  "",
  "https://",
  "ws://app.example.com/callback",
];
const webOnly = ["com.example.app:/callback", "myapp:/callback", "urn:ietf:wg:oauth:2.0:oob"];
const nativeOnly = [
  "http://app.example.com/callback",
  "myapp:/callback",
  "http://127.0.0.2/callback",
];

describe("an admin registers an app", () => {
  const register = (kind: "web" | "native", ...redirectUris: string[]) =>
    createClient(organization.context, { name: "App", kind, redirectUris });

  test.each([...evil.map((uri) => ["web", uri]), ...webOnly.map((uri) => ["web", uri])] as [
    "web",
    string,
  ][])("for the %s: not with %j", async (kind, uri) => {
    await expect(register(kind, uri)).rejects.toMatchObject({
      code: "validation_failed",
      details: { fields: [{ field: "redirect_uris" }] },
    });
    await expect(register(kind, REDIRECT_URI, uri)).rejects.toThrow();
  });

  test.each([...evil, ...nativeOnly])("for a device: not with %j", async (uri) => {
    await expect(register("native", uri)).rejects.toMatchObject({ code: "validation_failed" });
  });

  test.each<["web" | "native", string]>([
    ["web", REDIRECT_URI],
    ["web", "http://localhost:5678/rest/oauth2-credential/callback"],
    ["web", "http://192.168.1.20:5678/callback?a=b"],
    ["native", "http://127.0.0.1/callback"],
    ["native", "http://[::1]:4000/callback"],
    ["native", "http://localhost/callback"],
    ["native", "com.example.app:/callback"],
    ["native", REDIRECT_URI],
  ])("for %s: with %s, and it works", async (kind, uri) => {
    const { client, secret } = await register(kind, uri);
    expect(secret === null).toBe(kind === "native");
    const connected = await exchangeAt(here, ada, { client, id: client.id, secret }, uri);
    expect((await api(here, connected).list()).status).toBe(200);
  });

  test("not with ten thousand addresses, one twice, none, nor an unknown scope", async () => {
    for (const redirectUris of [
      Array.from({ length: 11 }, (_, i) => `${REDIRECT_URI}/${i}`),
      [REDIRECT_URI, REDIRECT_URI],
      [`${REDIRECT_URI}/${"x".repeat(2000)}`],
      [],
    ])
      await expect(register("web", ...redirectUris)).rejects.toMatchObject({
        code: "validation_failed",
      });
    for (const scopes of [["everything"], ["approvals:read", "openid"], []])
      await expect(
        createClient(organization.context, { name: "App", redirectUris: [REDIRECT_URI], scopes }),
      ).rejects.toMatchObject({ code: "validation_failed" });
  });

  test("a member may not, and neither may an app in an owner's name", async () => {
    const { owner } = organization;
    const asApp = {
      ...owner.context,
      actor: { ...owner.context.actor, via: "oauth" } as typeof owner.context.actor,
    };
    for (const context of [ada.context, asApp])
      await expect(
        createClient(context, { name: "App", redirectUris: [REDIRECT_URI] }),
      ).rejects.toMatchObject({ code: "forbidden" });
  });

  test("from a preset, the platform's own addresses are filled in, and nothing else gets in there", async () => {
    expect(presetRedirectUris("n8n", { n8nUrl: "https://n8n.example.com/" })).toEqual([
      "https://n8n.example.com/rest/oauth2-credential/callback",
    ]);
    expect(presetRedirectUris("n8n", { n8nUrl: "http://localhost:5678/n8n/" })).toEqual([
      "http://localhost:5678/n8n/rest/oauth2-credential/callback",
    ]);
    for (const n8nUrl of [
      "javascript:alert(1)",
      "https://a@b.example.com",
      "https://b/#x",
      "n8n",
      "",
    ])
      expect(() => presetRedirectUris("n8n", { n8nUrl })).toThrow(/n8n_url/);
    for (const zapierAppId of ["", "../evil", "12x", "App1CLIAPI/../x"])
      expect(() => presetRedirectUris("zapier", { zapierAppId })).toThrow(/zapier_app_id/);
    for (const preset of ["zapier", "make"] as const) {
      const redirectUris = presetRedirectUris(preset, { zapierAppId: "12345" });
      const made = await createClient(organization.context, { name: preset, preset, redirectUris });
      expect(made.client.redirectUris).toEqual(redirectUris);
    }
  });
});
