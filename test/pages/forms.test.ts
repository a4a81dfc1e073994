import {
  createApproval,
  createFirstOrganization,
  disablePerson,
  firstAdminLink,
  resetPassword,
} from "@sayso/core";
import { must } from "@sayso/must";
import {
  createOrganization,
  openServices,
  startServer,
  type TestOrganization,
  type TestServer,
  type TestServices,
} from "@sayso/testkit";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { countTraces, createVisitor, signedIn } from "./visitor.ts";

let server: TestServer;
let services: TestServices;
let organization: TestOrganization;

beforeAll(async () => {
  server = await startServer();
  services = openServices(server);
  organization = await createOrganization(services, server);
});
afterAll(async () => {
  await services.close();
  await server.stop();
});

const newRequest = async (more: Partial<Parameters<typeof createApproval>[1]> = {}) =>
  (
    await createApproval(organization.context, {
      title: "Deploy",
      description: "v2",
      priority: "medium",
      ...more,
    })
  ).record.id;

describe("every page", () => {
  test("forbids scripts, frames, sniffing and keeping", async () => {
    const visitor = await signedIn(server.url, organization.owner);
    for (const path of [
      "/waiting",
      "/sign-in",
      `/requests/${await newRequest()}`,
      "/requests/none",
      "/nowhere",
      "/welcome/x",
    ]) {
      const { headers, html } = await visitor.get(path);
      expect(headers.get("content-security-policy")).toBe(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      );
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(html).not.toMatch(/<script|style=|\son\w+=/i);
    }
  });

  test("brings one small style sheet that may be kept for good", async () => {
    const visitor = createVisitor(server.url);
    const { html } = await visitor.get("/sign-in");
    const [path, ...others] = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(
      (match) => must(match[1]),
    );
    expect(others).toEqual([]);
    const style = await visitor.get(must(path));
    expect(style.headers.get("content-type")).toBe("text/css; charset=utf-8");
    expect(style.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(style.html.length).toBeLessThan(20_000);
    expect(style.html.length + html.length).toBeLessThan(100_000);
  });

  test("sends whoever is not signed in to sign in, and back", async () => {
    const visitor = createVisitor(server.url);
    const id = await newRequest();
    expect(await visitor.get("/")).toMatchObject({ status: 303, location: "/sign-in" });
    const sent = await visitor.get(`/requests/${id}`);
    expect(sent).toMatchObject({
      status: 303,
      location: `/sign-in?next=${encodeURIComponent(`/requests/${id}`)}`,
    });
    const { next } = (await visitor.get(must(sent.location))).hidden("/sign-in");
    const { email, password } = organization.owner;
    expect(await visitor.post("/sign-in", { email, password, next: must(next) })).toMatchObject({
      status: 303,
      location: `/requests/${id}`,
    });
    expect((await visitor.get(`/requests/${id}`)).status).toBe(200);
  });

  test.each([
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "/%0d%0aset-cookie:x=1/..//evil.example",
    "\\\\evil.example",
    "/.//evil.example",
    "http:evil.example",
    "",
    " /x",
    "/sign-out",
    "/a\r\nb",
  ])("leads nowhere else after signing in: next=%j", async (next) => {
    const visitor = createVisitor(server.url);
    const { email, password } = organization.owner;
    const { location, status } = await visitor.post("/sign-in", { email, password, next });
    expect(status).toBe(303);
    expect(new URL(must(location), server.url).origin).toBe(server.url);
    expect(location).not.toMatch(/^\/[/\\]|sign-out|[\r\n]/);
    const form = await createVisitor(server.url).get(`/sign-in?next=${encodeURIComponent(next)}`);
    expect(form.hidden("/sign-in").next).not.toMatch(/evil\.example$/);
  });
});

describe("the page for signing in, of a session that has ended", () => {
  const seen = async (query: string) => {
    const { html, status } = await createVisitor(server.url).get(`/sign-in${query}`);
    expect(status).toBe(200);
    return html;
  };

  test("tells how many votes were not counted", async () => {
    expect(await seen("?ended=0")).toContain("Your session has ended. Sign in to continue.");
    expect(await seen("?ended=0")).not.toContain("not counted");
    expect(await seen("?ended=1")).toContain("1 vote was not counted.");
    expect(await seen("?ended=12")).toContain("12 votes were not counted.");
  });

  test.each(["", "-1", "1.5", "1e3", "0x10", "1000", "٣", "<b>1</b>", "1%0A", "1&ended=2", "[]=1"])(
    "says nothing of ended=%s, which is no number of votes",
    async (ended) => {
      expect(await seen(`?ended=${ended}`)).toBe(await seen(""));
    },
  );
});

describe("a session", () => {
  test("is new at each sign-in; one that was brought along is taken for nothing and ends", async () => {
    const visitor = createVisitor(server.url);
    visitor.cookies.set("sayso_session", "A".repeat(43));
    await visitor.signIn(organization.owner);
    const first = must(visitor.cookies.get("sayso_session"));
    expect(first).not.toBe("A".repeat(43));
    const csrf = must((await visitor.get("/waiting")).hidden("/sign-out").csrf);
    const { email, password } = organization.owner;
    await visitor.post("/sign-in", { email, password, csrf });
    expect(visitor.cookies.get("sayso_session")).not.toBe(first);
    const old = createVisitor(server.url);
    old.cookies.set("sayso_session", first);
    expect((await old.get("/")).location).toBe("/sign-in");
  });

  test("has a cookie that no script can read and no other site sends along with a form", async () => {
    const visitor = createVisitor(server.url);
    const { headers } = await visitor.signIn(organization.owner);
    const cookies = headers.getSetCookie().filter((cookie) => !/^\w+=;/.test(cookie));
    expect(cookies).toHaveLength(2);
    for (const cookie of cookies)
      expect(cookie).toMatch(
        /^sayso_(session|device)=[\w.-]{43,}; .*Path=\/;.*HttpOnly; SameSite=Lax$/,
      );
  });

  test("is dead as soon as its person is disabled", async () => {
    const person = await organization.addPerson();
    const visitor = await signedIn(server.url, person);
    expect((await visitor.get("/waiting")).status).toBe(200);
    await disablePerson(organization.context, person.id);
    expect((await visitor.get("/")).location).toBe("/sign-in");
    const answer = await visitor.signIn(person);
    expect(answer.status).toBe(401);
    expect(answer.html).toContain("is wrong");
  });

  test("ends by signing out", async () => {
    const visitor = await signedIn(server.url, organization.owner);
    const token = must(visitor.cookies.get("sayso_session"));
    const csrf = must((await visitor.get("/waiting")).hidden("/sign-out").csrf);
    expect(await visitor.post("/sign-out", { csrf })).toMatchObject({
      status: 303,
      location: "/sign-in",
    });
    expect(visitor.cookies.has("sayso_session")).toBe(false);
    visitor.cookies.set("sayso_session", token);
    expect((await visitor.get("/")).location).toBe("/sign-in");
  });

  test("is refused politely: the same page for an unknown e-mail and a wrong password, then 429 with the wait", async () => {
    const { email } = await organization.addPerson();
    const attempt = async (address: string) => {
      const visitor = createVisitor(server.url);
      const answer = await visitor.post("/sign-in", {
        email: address,
        password: "wrong password",
        next: "/",
      });
      return {
        status: answer.status,
        html: answer.html.replaceAll(address, "?"),
        retryAfter: answer.headers.get("retry-after"),
      };
    };
    const unknown = `nobody.${email}`;
    for (let i = 0; i < 5; i++) expect(await attempt(unknown)).toEqual(await attempt(email));
    // The wait is two seconds at most; a slow machine has already used a part of it.
    for (const address of [email, unknown])
      expect(await attempt(address)).toMatchObject({
        status: 429,
        retryAfter: expect.stringMatching(/^[12]$/) as string,
      });
  });

  test("is still to be had on a known device while somebody hammers the account from the same address", async () => {
    const person = await organization.addPerson();
    const owner = createVisitor(server.url);
    await owner.signIn(person);
    owner.cookies.delete("sayso_session");
    const attackers = Array.from({ length: 30 }, () =>
      createVisitor(server.url).signIn({ email: person.email, password: "wrong password" }),
    );
    const statuses = (await Promise.all(attackers)).map((answer) => answer.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(25);
    expect((await createVisitor(server.url).signIn(person)).status).toBe(429);
    expect((await owner.signIn(person)).status).toBe(303);
  });
});

describe("a form", () => {
  const forged: [string, Record<string, string>][] = [
    ["another origin", { origin: "https://evil.example" }],
    ["a sandboxed frame", { origin: "null" }],
    ["a sibling site", { "sec-fetch-site": "same-site", origin: "http://sibling.localhost" }],
    [
      "another site, by the browser's word, whatever the origin says",
      { "sec-fetch-site": "cross-site", origin: "http://localhost" },
    ],
    ["nobody knows where", {}],
  ];

  test.each(forged)("from %s is refused with 403 and changes nothing", async (_from, headers) => {
    const visitor = await signedIn(server.url, organization.owner);
    const id = await newRequest();
    const decision = `/requests/${id}/decision`;
    const fields: Record<string, string> = {
      ...(await visitor.get(`/requests/${id}`)).hidden(decision),
      decision: "approve",
    };
    const before = await countTraces(services);
    const refused = [
      await visitor.post(decision, fields, headers),
      await visitor.post(
        `/requests/${id}/comments`,
        { csrf: must(fields.csrf), body: "hello" },
        headers,
      ),
      await visitor.post("/sign-out", { csrf: must(fields.csrf) }, headers),
      await createVisitor(server.url).post(
        "/sign-in",
        { email: organization.owner.email, password: "x" },
        headers,
      ),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect(await countTraces(services)).toEqual(before);
  });

  test("without the session's own token is refused with 403 and changes nothing", async () => {
    const visitor = await signedIn(server.url, organization.owner);
    const stranger = await signedIn(server.url, await organization.addPerson());
    const id = await newRequest();
    const decision = `/requests/${id}/decision`;
    const { csrf: _own, ...fields } = (await visitor.get(`/requests/${id}`)).hidden(decision);
    const theirs = must((await stranger.get("/waiting")).hidden("/sign-out").csrf);
    const before = await countTraces(services);
    const wrong: Record<string, string>[] = [
      {},
      { csrf: "" },
      { csrf: theirs },
      { csrf: "x".repeat(43) },
    ];
    for (const csrf of wrong) {
      expect(
        (await visitor.post(decision, { ...fields, decision: "approve", ...csrf })).status,
      ).toBe(403);
    }
    expect(await countTraces(services)).toEqual(before);
  });

  test("is taken by the browser's word alone: Sec-Fetch-Site same-origin, or the public URL's origin", async () => {
    const { email, password } = organization.owner;
    const ours: Record<string, string>[] = [
      { "sec-fetch-site": "same-origin" },
      { origin: server.url },
    ];
    for (const headers of ours) {
      expect(
        (await createVisitor(server.url).post("/sign-in", { email, password }, headers)).status,
      ).toBe(303);
    }
  });

  test("that is not one is refused: other types, too large, NUL, nonsense", async () => {
    const visitor = createVisitor(server.url);
    const send = async (type: string, body: string, more: Record<string, string> = {}) =>
      (
        await visitor.send("POST", "/sign-in", {
          headers: { origin: server.url, "content-type": type, ...more },
          body,
        })
      ).status;
    expect(await send("application/json", "{}")).toBe(415);
    expect(await send("text/plain", "email=a")).toBe(415);
    expect(await send("multipart/form-data; boundary=x", "--x--")).toBe(415);
    expect(await send("application/x-www-form-urlencoded", `email=${"a".repeat(70_000)}`)).toBe(
      413,
    );
    expect(await send("application/x-www-form-urlencoded", "email=a%00b&password=x")).toBe(400);
    expect(await send("application/x-www-form-urlencoded", "email=%ff%fe&password=%ed%a0%80")).toBe(
      401,
    );
    expect(
      await send("application/x-www-form-urlencoded", "__proto__=1&constructor=2&email=a&email=b"),
    ).toBe(401);
    expect(
      await send("application/x-www-form-urlencoded", "email=a", { "content-encoding": "gzip" }),
    ).toBe(415);
    expect(
      await send(
        "application/x-www-form-urlencoded",
        Array.from({ length: 60 }, (_, i) => `a${i}=1`).join("&"),
      ),
    ).toBe(413);
  });
});

test("GET and HEAD change nothing, on any address, signed in or not", async () => {
  await createFirstOrganization(services);
  const person = await organization.addPerson();
  const link = await resetPassword(organization.context, person.id);
  const id = await newRequest();
  const visitor = await signedIn(server.url, organization.owner);
  const csrf = must((await visitor.get("/waiting")).hidden("/sign-out").csrf);
  const fields = new URLSearchParams({
    csrf,
    decision: "approve",
    version: "1",
    body: "hello",
    email: person.email,
    password: person.password,
  });
  const before = await countTraces(services);
  for (const path of [
    "/waiting",
    "/sign-in",
    "/sign-out",
    `/reset/${link.token}`,
    `/welcome/${link.token}`,
    `/requests/${id}`,
    `/requests/${id}/decision`,
    `/requests/${id}/comments`,
    `/requests/${id}/payload`,
  ]) {
    for (const method of ["GET", "HEAD"]) {
      for (const who of [visitor, createVisitor(server.url)]) {
        const answer = await who.send(method, `${path}?${fields.toString()}`, {
          headers: { origin: server.url },
        });
        expect([200, 303, 404]).toContain(answer.status);
      }
    }
  }
  expect(await countTraces(services)).toEqual(before);
  expect((await createVisitor(server.url).get(`/reset/${link.token}`)).status).toBe(200);
});

describe("a one-time link", () => {
  test("makes a new password and signs in; used again it is dead", async () => {
    const person = await organization.addPerson();
    const elsewhere = await signedIn(server.url, person);
    const { token } = await resetPassword(organization.context, person.id);
    const visitor = createVisitor(server.url);
    expect((await visitor.get(`/reset/${token}`)).html).toContain(person.name);
    const weak = await visitor.post(`/reset/${token}`, { password: "password1" });
    expect(weak.status).toBe(422);
    expect(weak.html).toMatch(/aria-invalid="true"[^]*tried first/);
    expect(weak.html).not.toContain("password1");
    expect(await visitor.post(`/reset/${token}`, { password: "nine purple otters" })).toMatchObject(
      { status: 303, location: "/" },
    );
    expect((await visitor.get("/waiting")).status).toBe(200);
    expect((await elsewhere.get("/")).location).toBe("/sign-in");
    expect((await visitor.get(`/reset/${token}`)).status).toBe(404);
    expect(
      (await createVisitor(server.url).post(`/reset/${token}`, { password: "ten purple otters" }))
        .status,
    ).toBe(404);
    expect(
      (
        await createVisitor(server.url).signIn({
          email: person.email,
          password: "nine purple otters",
        })
      ).status,
    ).toBe(303);
  });

  test("works for its person also where somebody else is signed in, who then is no longer", async () => {
    const visitor = await signedIn(server.url, organization.owner);
    const token = must(visitor.cookies.get("sayso_session"));
    const person = await organization.addPerson();
    const link = await resetPassword(organization.context, person.id);
    const sent = await visitor.post(`/reset/${link.token}`, { password: "nine purple otters" });
    expect(sent.status).toBe(303);
    expect((await visitor.get("/waiting")).html).toContain(person.name);
    visitor.cookies.set("sayso_session", token);
    expect((await visitor.get("/")).location).toBe("/sign-in");
  });

  test("of one kind does not open the page of another", async () => {
    const person = await organization.addPerson();
    const { token } = await resetPassword(organization.context, person.id);
    expect((await createVisitor(server.url).get(`/welcome/${token}`)).status).toBe(404);
    const taken = await createVisitor(server.url).post(`/welcome/${token}`, {
      name: "Eve",
      email: "eve@example.com",
      password: "nine purple otters",
    });
    expect(taken.status).toBe(404);
  });
});

test("the first admin's link as the start prints it: faults stand at their fields, what was typed stays, then they are in", async () => {
  const fresh = await startServer();
  const core = openServices(fresh);
  try {
    const path = await vi.waitFor(() => must(/\/welcome\/[\w-]{43}/.exec(fresh.logs()))[0], 10_000);
    const visitor = createVisitor(fresh.url);
    const again = await visitor.post(path, {
      name: "Ada <b>",
      email: "not an address",
      password: "short",
    });
    expect(again.status).toBe(422);
    expect(again.html).toContain('value="Ada &lt;b&gt;"');
    for (const name of ["email", "password"]) expect(again.html).toContain(`id="${name}-fault"`);
    expect(again.html).not.toContain('id="name-fault"');
    const done = await visitor.post(path, {
      name: "Ada",
      email: "ada@example.com",
      password: "seven quiet herons",
    });
    expect(done).toMatchObject({ status: 303, location: "/" });
    const home = await visitor.get("/waiting");
    expect(home.html).toContain("Ada");
    expect(home.html).toContain(`curl ${fresh.url}/api/v1/approvals`);
    expect(await firstAdminLink(core)).toBeNull();
  } finally {
    await core.close();
    await fresh.stop();
  }
});
