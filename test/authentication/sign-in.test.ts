// Cases 21–25 of docs/faults.md: people who sign in, and attackers who pretend to be them.
import { authenticateSession, disablePerson, resetPassword, setPassword } from "@sayso/core";
import { must } from "@sayso/must";
import {
  createOrganization,
  openServices,
  startServer,
  type TestPerson,
  until,
} from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

/** A server that takes X-Forwarded-For from one proxy, as behind a load balancer. */
const proxied = await startServer({ env: { SAYSO_TRUST_PROXY: "1" } });
/** A server on the same database, without a proxy in front. */
const direct = await startServer({ database: proxied.database });
const services = openServices(proxied);
afterAll(async () => {
  await services.close();
  await direct.stop();
  await proxied.stop();
});
const organization = await createOrganization(services, proxied);

interface Attempt {
  at?: { url: string };
  email: string;
  password: string;
  /** The value of X-Forwarded-For. */
  from?: string;
  cookies?: Record<string, string>;
  /** The CSRF token of the session that the browser already has. */
  csrf?: string;
}

async function signIn({ at = proxied, email, password, from, cookies = {}, csrf }: Attempt) {
  const startedAt = performance.now();
  const response = await fetch(`${at.url}/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      Origin: at.url,
      ...(from && { "X-Forwarded-For": from }),
      Cookie: Object.entries(cookies)
        .map(([name, value]) => `${name}=${value}`)
        .join("; "),
    },
    body: new URLSearchParams({ email, password, next: "/", ...(csrf && { csrf }) }),
  });
  const text = await response.text();
  const set = Object.fromEntries(
    response.headers
      .getSetCookie()
      .map((cookie) => must(cookie.split(";")[0]).split("=") as [string, string]),
  );
  return {
    status: response.status,
    headers: response.headers,
    text,
    cookies: set,
    tookMs: performance.now() - startedAt,
  };
}

let addresses = 0;
/** Returns an address that no call has come from yet. */
const newAddress = () => `198.51.${100 + Math.floor(++addresses / 250)}.${addresses % 250}`;
const home = async (at: { url: string }, session: string) =>
  (
    await fetch(`${at.url}/waiting`, {
      redirect: "manual",
      headers: { Cookie: `sayso_session=${session}` },
    })
  ).status;

describe("guessing (case 21)", () => {
  async function hammer(
    victim: TestPerson,
    from: () => string,
    at: { url: string } = proxied,
    times = 12,
  ) {
    const statuses: number[] = [];
    for (let i = 0; i < times; i++)
      statuses.push(
        (await signIn({ at, email: victim.email, password: `guess ${i}`, from: from() })).status,
      );
    return statuses;
  }

  test("after five wrong passwords from one address, it has to wait, and is told how long", async () => {
    const victim = await organization.addPerson();
    const from = newAddress();
    const statuses = await hammer(victim, () => from, proxied, 8);
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(statuses.slice(5)).toContain(429);
    const blocked = await signIn({ email: victim.email, password: victim.password, from });
    expect(blocked.status).toBe(429);
    expect(Number(blocked.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("the victim still enters: from another address at once", async () => {
    const victim = await organization.addPerson();
    const from = newAddress();
    await hammer(victim, () => from);
    expect(
      (await signIn({ email: victim.email, password: victim.password, from: newAddress() })).status,
    ).toBe(303);
  });

  test("the victim still enters: from the very same address, on a device that they have used before", async () => {
    const victim = await organization.addPerson();
    const from = newAddress();
    const first = await signIn({ email: victim.email, password: victim.password, from });
    expect(first.status).toBe(303);
    const device = { sayso_device: must(first.cookies.sayso_device) };
    await hammer(victim, () => from);
    expect((await signIn({ email: victim.email, password: victim.password, from })).status).toBe(
      429,
    );
    expect(
      (await signIn({ email: victim.email, password: victim.password, from, cookies: device }))
        .status,
    ).toBe(303);
  });

  test("somebody else's device is no way round it", async () => {
    const [attacker, victim] = [await organization.addPerson(), await organization.addPerson()];
    const from = newAddress();
    const own = await signIn({ email: attacker.email, password: attacker.password, from });
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++) {
      const cookies = { sayso_device: must(own.cookies.sayso_device) };
      statuses.push(
        (await signIn({ email: victim.email, password: `guess ${i}`, from, cookies })).status,
      );
    }
    expect(statuses).toContain(429);
  });

  test("guesses made at the same time don't outrun the count", async () => {
    const victim = await organization.addPerson();
    const from = newAddress();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        signIn({ email: victim.email, password: `guess ${i}`, from }),
      ),
    );
    expect(answers.filter((answer) => answer.status === 401).length).toBeLessThanOrEqual(6);
  });

  test("others sign in meanwhile", async () => {
    const victim = await organization.addPerson();
    const other = await organization.addPerson();
    const from = newAddress();
    await hammer(victim, () => from, proxied, 7);
    expect((await signIn({ email: other.email, password: other.password, from })).status).toBe(303);
  });
});

describe("finding out who has an account (case 22)", () => {
  test("an unknown address, a wrong password, somebody without a password and somebody disabled get the same answer in similar time", async () => {
    const known = await organization.addPerson();
    const disabled = await organization.addPerson();
    const invited = await organization.addPerson();
    await disablePerson(organization.context, disabled.id);
    await services.sql("update people set password_hash = null where id = $1", [invited.id]);
    const kinds: [string, string, string][] = [
      ["unknown", "nobody@example.com", "seven quiet herons"],
      ["wrong", known.email, "not the password"],
      ["no password", invited.email, invited.password],
      ["disabled", disabled.email, disabled.password],
    ];
    const seen = new Map<string, { answers: Set<string>; times: number[] }>(
      kinds.map(([kind]) => [kind, { answers: new Set(), times: [] }]),
    );
    const compare = async () => {
      for (const [kind, email, password] of kinds) {
        const answer = await signIn({ email, password, from: newAddress() });
        const names = [...answer.headers.keys()].filter(
          (name) => !["date", "content-length", "x-request-id"].includes(name),
        );
        must(seen.get(kind)).answers.add(
          JSON.stringify([answer.status, names, answer.text.replaceAll(email, "EMAIL")]),
        );
        must(seen.get(kind)).times.push(answer.tookMs);
      }
      // The fastest time of each case counts, because other work of the machine only adds time. More rounds bring it nearer.
      const quickest = [...seen.values()].map(({ times }) => Math.min(...times));
      return Math.max(...quickest) / Math.min(...quickest);
    };
    // Without the work of checking a password, one case would be ten times faster in every round.
    await until(async () => (await compare()) < 3, "the fastest times of all cases are similar");
    const all = new Set([...seen.values()].flatMap(({ answers }) => [...answers]));
    expect(all.size).toBe(1);
  });
});

describe("sessions (cases 23 and 24)", () => {
  test("signing in makes a new session, whatever the browser brought, and ends the one it brought", async () => {
    const [person, attacker] = [await organization.addPerson(), await organization.addPerson()];
    const planted = await attacker.signIn();
    const cookies = { sayso_session: planted };
    const page = await fetch(`${proxied.url}/`, {
      headers: { Cookie: `sayso_session=${planted}` },
    });
    const csrf = /name="csrf" value="([^"]+)"/.exec(await page.text())?.[1];
    const entered = await signIn({
      email: person.email,
      password: person.password,
      from: newAddress(),
      cookies,
      csrf,
    });
    expect(entered.status).toBe(303);
    expect(entered.cookies.sayso_session).toBeDefined();
    expect(entered.cookies.sayso_session).not.toBe(planted);
    expect(await authenticateSession(services, planted)).toBe(null);
    expect(
      (await authenticateSession(services, must(entered.cookies.sayso_session)))?.actor.personId,
    ).toBe(person.id);
  });

  test("a made-up session is never taken over", async () => {
    const person = await organization.addPerson();
    const planted = "A".repeat(43);
    const entered = await signIn({
      email: person.email,
      password: person.password,
      from: newAddress(),
      cookies: { sayso_session: planted },
    });
    expect(entered.cookies.sayso_session).not.toBe(planted);
    expect(await home(proxied, planted)).not.toBe(200);
  });

  test("the cookie is out of reach for scripts and other sites, and bound to https where there is https", async () => {
    const person = await organization.addPerson();
    const { headers } = await signIn({
      email: person.email,
      password: person.password,
      from: newAddress(),
    });
    for (const cookie of headers.getSetCookie()) {
      expect(cookie).toMatch(/; HttpOnly/i);
      expect(cookie).toMatch(/; SameSite=Lax/i);
      expect(cookie).toMatch(/; Path=\//i);
    }
    const secure = await startServer({
      database: proxied.database,
      env: { SAYSO_URL: "https://sayso.example.com", HOST: "127.0.0.1" },
    });
    try {
      const response = await fetch(`${secure.url}/sign-in`, {
        method: "POST",
        redirect: "manual",
        headers: {
          Origin: "https://sayso.example.com",
          "Content-Type": "application/x-www-form-urlencoded",
        },
        body: new URLSearchParams({ email: person.email, password: person.password }),
      });
      expect(response.status).toBe(303);
      for (const cookie of response.headers.getSetCookie())
        expect(cookie).toMatch(/^__Host-.*; Secure/i);
    } finally {
      await secure.stop();
    }
  });

  test("all sessions of somebody who is disabled are dead, on every replica", async () => {
    const person = await organization.addPerson();
    const session = await person.signIn();
    expect([await home(proxied, session), await home(direct, session)]).toEqual([200, 200]);
    await disablePerson(organization.context, person.id);
    expect([await home(proxied, session), await home(direct, session)]).not.toContain(200);
    expect(
      (await signIn({ email: person.email, password: person.password, from: newAddress() })).status,
    ).toBe(401);
  });

  test("a new password ends every other session, and the old password is worth nothing", async () => {
    const person = await organization.addPerson();
    const sessions = [await person.signIn(), await person.signIn()];
    const { token } = await resetPassword(organization.context, person.id);
    const fresh = await setPassword(services, {
      token,
      purposes: ["password_reset"],
      password: "nine other herons",
      userAgent: null,
      address: null,
    });
    for (const session of sessions) expect(await home(proxied, session)).not.toBe(200);
    expect(await home(proxied, fresh.sessionToken)).toBe(200);
    expect(
      (await signIn({ email: person.email, password: person.password, from: newAddress() })).status,
    ).toBe(401);
    expect(
      (await signIn({ email: person.email, password: "nine other herons", from: newAddress() }))
        .status,
    ).toBe(303);
  });
});

test("the token of a one-time link is never logged", async () => {
  const person = await organization.addPerson();
  const { token } = await resetPassword(organization.context, person.id);
  expect((await fetch(`${direct.url}/reset/${token}`)).status).toBe(200);
  await fetch(`${direct.url}/welcome/${token}`);
  expect(direct.logs()).not.toContain(token);
});

describe("a forged X-Forwarded-For (case 25)", () => {
  test("is no way round the throttle where no proxy is trusted", async () => {
    const victim = await organization.addPerson();
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++)
      statuses.push(
        (
          await signIn({
            at: direct,
            email: victim.email,
            password: `guess ${i}`,
            from: newAddress(),
          })
        ).status,
      );
    expect(statuses).toContain(429);
  });

  test("counts only as far as the trusted proxy wrote it: what the caller put before is ignored", async () => {
    const victim = await organization.addPerson();
    const real = newAddress();
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++) {
      statuses.push(
        (
          await signIn({
            email: victim.email,
            password: `guess ${i}`,
            from: `${newAddress()}, ${real}`,
          })
        ).status,
      );
    }
    expect(statuses).toContain(429);
  });

  test("a forged X-Forwarded-Proto or -Host changes neither links nor cookies", async () => {
    const connection = await organization.addConnection();
    const { body } = await connection.api.call<{ url: string }>("POST", "/api/v1/approvals", {
      body: { title: "t", description: "d", priority: "low" },
      headers: {
        "X-Forwarded-Host": "evil.example.com",
        "X-Forwarded-Proto": "https",
        Forwarded: "host=evil.example.com",
      },
    });
    expect(body.url.startsWith(`${proxied.url}/`)).toBe(true);
  });
});
