import { addComment, createApproval, decideApproval } from "@sayso/core";
import { must } from "@sayso/must";
import {
  createOrganization,
  openServices,
  startServer,
  type TestOrganization,
  type TestServer,
  type TestServices,
} from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostileTexts as corpus } from "./hostile-texts.ts";
import { signedIn, type Visitor } from "./visitor.ts";

let server: TestServer;
let services: TestServices;
let organization: TestOrganization;
let visitor: Visitor;

beforeAll(async () => {
  server = await startServer();
  services = openServices(server);
  organization = await createOrganization(services, server, {
    name: "<script>alert('org')</script>",
  });
  visitor = await signedIn(
    server.url,
    await organization.addPerson({ name: '"><img src=x onerror=alert(1)>' }),
  );
});
afterAll(async () => {
  await services.close();
  await server.stop();
});

/** Finds elements that no page of Sayso has, and attributes that run code. */
function findLife(html: string): string[] {
  const tags =
    html.match(
      /<(script|iframe|object|embed|base|style|math|mglyph|svg(?! class="(?:logo|person)")|form action=\/\/)[\s>]|<meta http-equiv/gi,
    ) ?? [];
  const attributes = [...html.matchAll(/<[a-z][^<>]*?\s(on\w+|srcdoc|formaction)\s*=/gi)].map(
    (match) => match[0],
  );
  const links = [...html.matchAll(/(?:href|src|action)="([^"]*)"/g)]
    .map((match) => must(match[1]))
    .filter((url) => /^\s*(javascript|vbscript):|^\/\/|^data:(?!image\/)/i.test(url));
  return [...tags, ...attributes, ...links];
}

test("the finder finds what it looks for", () => {
  expect(
    findLife('<p>a</p><script>x</script><img src="x" onerror="y"><a href="javascript:z">'),
  ).toHaveLength(3);
});

describe.each(corpus)("%s", (evil) => {
  test("is inert wherever a caller can put it", async () => {
    const { context } = organization;
    const { record } = await createApproval(context, {
      title: evil,
      description: evil,
      priority: "high",
      actionType: evil,
      source: evil,
      sourceId: evil,
      sourceName: evil,
      sourceUrl: evil,
      contextHtml: `${evil}<p>after</p>`,
      requiredApprovals: 2,
      metadata: { [evil]: evil, list: [evil, { [evil]: [evil] }] },
    });
    await addComment(context, record.id, evil);
    await decideApproval(context, {
      requestId: record.id,
      stepId: null,
      decision: "approve",
      comment: evil,
      source: evil,
    });
    const page = await visitor.get(`/requests/${record.id}`);
    expect(page.status).toBe(200);
    expect(findLife(page.html)).toEqual([]);
    expect(page.html).toContain(
      evil.replace(/[&<>"']/g, (c) =>
        must({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }[c]),
      ),
    );
    expect(findLife((await visitor.get("/waiting")).html)).toEqual([]);
    const plain = await visitor.get(`/requests/${record.id}/payload`);
    expect(plain.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(plain.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("is inert when a form brings it back", async () => {
    const { record } = await createApproval(organization.context, {
      title: "T",
      description: "",
      priority: "critical",
    });
    const again = await visitor.decide(record.id, "approve", { comment: evil });
    expect(again.status).toBe(422);
    expect(findLife(again.html)).toEqual([]);
    const { headers } = await visitor.get(`/requests/${record.id}`);
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    const form = await visitor.get(`/sign-in?next=${encodeURIComponent(evil)}`);
    expect(form.location ?? "/").toBe("/");
  });
});

describe("characters that deceive the eye", () => {
  const bidi = [
    "\u202a",
    "\u202b",
    "\u202c",
    "\u202d",
    "\u202e",
    "\u2066",
    "\u2067",
    "\u2068",
    "\u2069",
    "\u200e",
    "\u200f",
    "\u061c",
  ];
  const invisible = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u034f",
    "\u3164",
    "\u2028",
    "\u0007",
    "\u{e0041}",
    "\ufe0f",
    "\u115f",
    "\u2800",
    "\u180e",
  ];

  test.each(
    [...bidi, ...invisible].map((c) => [
      must(c.codePointAt(0)).toString(16).toUpperCase().padStart(4, "0"),
      c,
    ]),
  )(
    "U+%s is shown as what it is, in the title, the description, the details and the tab",
    async (code, character) => {
      const text = `pay${character}pal`;
      const { record } = await createApproval(organization.context, {
        title: text,
        description: text,
        priority: "low",
        metadata: { [text]: text },
      });
      const { html } = await visitor.get(`/requests/${record.id}`);
      expect(html).not.toContain(character);
      expect(
        must(
          html.match(
            new RegExp(
              `<span\\s+class="hidden-char"\\s+title="U\\+${code} [^"]+"\\s*>U\\+${code}</span`,
              "g",
            ),
          ),
        ).length,
      ).toBeGreaterThanOrEqual(4);
      expect(html).toContain(`<title>pay[U+${code}]pal · Sayso</title>`);
    },
  );

  test("emoji and other scripts are left in peace, each text apart from its surroundings", async () => {
    const title = "👩‍💻 ❤️ 1️⃣ שלום مرحبا नमस्ते";
    const { record } = await createApproval(organization.context, {
      title,
      description: title,
      priority: "low",
    });
    const { html } = await visitor.get(`/requests/${record.id}`);
    expect(html).toContain(`<bdi>${title}</bdi>`);
    expect(html).not.toContain("hidden-char");
  });
});

test("links lead out only over http(s), alone, and without telling where from", async () => {
  const { record } = await createApproval(organization.context, {
    title: "T",
    description: "",
    priority: "low",
    sourceName: "Pipeline",
    sourceUrl: "https://ci.example.com/1",
    metadata: {
      good: "https://example.com/?a=1&b=2",
      bad: "https://user:pass@example.com",
      ftp: "ftp://example.com/x",
    },
  });
  const { html } = await visitor.get(`/requests/${record.id}`);
  const links = [...html.matchAll(/<a\s[^>]*href="(https?:[^"]*|ftp:[^"]*)"[^>]*>/g)];
  expect(links.map((match) => match[1])).toEqual([
    "https://example.com/?a=1&amp;b=2",
    "https://ci.example.com/1",
  ]);
  for (const [tag] of links) expect(tag).toMatch(/rel="noopener noreferrer nofollow"/);
});
