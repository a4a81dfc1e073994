// node test/take-pictures.ts: takes the README's pictures with real servers, people and requests in a real browser.
import { fileURLToPath } from "node:url";
import { addComment, decideApproval } from "@sayso/core";
import { must } from "@sayso/must";
import {
  buildServer,
  createOrganization,
  openServices,
  openTestCluster,
  startServer,
  type TestOrganization,
  type TestPerson,
  type TestServices,
} from "@sayso/testkit";
import type { Browser } from "playwright-core";
import { openBrowser } from "./open-browser.ts";

const folder = fileURLToPath(new URL("../docs/pictures/", import.meta.url));

type Asker = Awaited<ReturnType<TestOrganization["addConnection"]>>;

const vote = (requestId: string, decision: "approve" | "reject", comment: string | null) =>
  ({ requestId, stepId: null, decision, comment, source: null }) as const;

/** Creates the pending requests: a refund with a vote and a comment, and others around it. @returns the refund's id */
async function furnishInbox(bot: Asker, pipeline: Asker, agent: Asker, jonas: TestPerson) {
  const { body } = await bot.api.create({
    title: "Refund order 4821",
    description:
      "The customer sent the parcel back unopened. The refund leaves our account at once and can't be taken back.",
    priority: "high",
    action_type: "payment.refund",
    source: "n8n",
    source_name: "Returns workflow",
    source_url: "https://n8n.example.com/workflow/12",
    metadata: {
      order: 4821,
      amount: "129.00 EUR",
      customer: { name: "Ada Martin", since: 2019 },
      reason: "Sent back unopened",
    },
    required_approvals: 2,
    expires_at: new Date(Date.now() + 3 * 3_600_000).toISOString(),
  });
  const ask = (asker: Asker, title: string, priority: string, action: string, hours?: number) =>
    asker.api.create({
      title,
      description: title,
      priority,
      action_type: action,
      ...(hours && { expires_at: new Date(Date.now() + hours * 3_600_000).toISOString() }),
    });
  await ask(agent, "Delete user account 977", "critical", "account.delete", 0.7);
  await ask(pipeline, "Deploy v2.4.0 to production", "high", "deploy.production", 6);
  await ask(agent, "Answer 14 support mails with the drafts attached", "medium", "mail.send");
  await ask(
    bot,
    "Publish the November newsletter to 8,214 readers",
    "medium",
    "newsletter.publish",
  );
  await ask(bot, "Restock 40 units of the blue kettle", "medium", "stock.order", 20);
  await ask(pipeline, "Rotate the staging certificates", "low", "certificate.rotate");
  await ask(agent, "Tag 312 old tickets as resolved", "low", "ticket.tag");
  await decideApproval(jonas.context, vote(body.id, "approve", "The parcel is here."));
  await addComment(jonas.context, body.id, "I have checked the parcel: unopened, as they say.");
  return body.id;
}

/** Creates a month of decided requests: two or three a day, most of them approved, those of high priority faster. */
async function furnishPast(askers: readonly Asker[], jonas: TestPerson, services: TestServices) {
  const priorities = ["low", "medium", "high", "critical"];
  for (let n = 0; n < 66; n++) {
    const asker = askers[n % askers.length];
    const { body } = await must(asker).api.create({
      title: `Earlier request ${n}`,
      priority: priorities[n % 4],
    });
    await decideApproval(jonas.context, vote(body.id, n % 6 === 4 ? "reject" : "approve", null));
    const daysAgo = 1 + ((n * n * 3 + n * 11) % 29);
    const minutes = (5 - (n % 4)) * (11 + ((n * 13) % 40));
    await services.sql(
      `update requests set created_at = now() - make_interval(days => $2),
              decided_at = now() - make_interval(days => $2) + make_interval(mins => $3) where id = $1`,
      [body.id, daysAgo, minutes],
    );
  }
}

async function takePictures(browser: Browser): Promise<void> {
  const server = await startServer();
  const services = openServices(server);
  try {
    const organization = await createOrganization(services, server, { name: "Halden Shop" });
    const mara = await organization.addPerson({ name: "Mara Lindqvist", role: "admin" });
    const jonas = await organization.addPerson({ name: "Jonas Weber", role: "admin" });
    const bot = await organization.addConnection({ name: "Returns workflow" });
    const pipeline = await organization.addConnection({ name: "Deploy pipeline" });
    const agent = await organization.addConnection({ name: "Support agent" });
    await furnishPast([bot, pipeline, agent], jonas, services);
    const refund = await furnishInbox(bot, pipeline, agent, jonas);
    const desktop = { width: 1280, height: 800 };
    const phone = { width: 390, height: 844 };
    const session = await mara.signIn();
    for (const { name, path, viewport, colorScheme } of [
      { name: "inbox", path: "/app/inbox", viewport: desktop, colorScheme: "light" },
      {
        name: "request-phone",
        path: `/app/requests/${refund}`,
        viewport: phone,
        colorScheme: "light",
      },
      { name: "insights", path: "/app/insights", viewport: desktop, colorScheme: "dark" },
    ] as const) {
      const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 2 });
      await context.addCookies([
        { name: "sayso_session", value: session, url: server.url, httpOnly: true },
      ]);
      const page = await context.newPage();
      await page.goto(server.url + path);
      await page.locator("main h1").waitFor();
      await page.locator("main [role=status] > .unseen").first().waitFor({ state: "detached" });
      await page.evaluate("document.fonts.ready");
      await page.screenshot({ path: `${folder}${name}.png` });
      await context.close();
    }
  } finally {
    await services.close();
    await server.stop();
  }
}

await buildServer();
const cluster = await openTestCluster();
const browser = await openBrowser();
try {
  await takePictures(browser);
} finally {
  await browser.close();
  await cluster.close();
}
