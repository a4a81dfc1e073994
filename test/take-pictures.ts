// node test/take-pictures.ts: takes the README's pictures of the real thing.
import { fileURLToPath } from "node:url";
import { addComment, decideApproval } from "@sayso/core";
import {
  buildServer,
  createOrganization,
  openServices,
  openTestCluster,
  startServer,
} from "@sayso/testkit";
import type { Browser } from "playwright-core";
import { openBrowser } from "./open-browser.ts";

const folder = fileURLToPath(new URL("../docs/pictures/", import.meta.url));

async function takePictures(browser: Browser): Promise<void> {
  const server = await startServer();
  const services = openServices(server);
  try {
    const organization = await createOrganization(services, server, { name: "Halden Shop" });
    const mara = await organization.addPerson({ name: "Mara Lindqvist", role: "admin" });
    const jonas = await organization.addPerson({ name: "Jonas Weber", role: "admin" });
    const bot = await organization.addConnection({ name: "Support bot" });
    const request = {
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
    };
    const { body } = await bot.api.create(request);
    await bot.api.create({
      title: "Publish the November newsletter",
      description: "To 8,214 readers",
      priority: "medium",
    });
    await bot.api.create({
      title: "Delete user account 977",
      description: "Asked for by the user",
      priority: "critical",
    });
    const vote = {
      requestId: body.id,
      stepId: null,
      decision: "approve",
      comment: "The parcel is here.",
      source: null,
    } as const;
    await decideApproval(jonas.context, vote);
    await addComment(jonas.context, body.id, "I have checked the parcel: unopened, as they say.");
    const session = await mara.signIn();
    const shots = [
      {
        name: "request-phone",
        path: `/requests/${body.id}`,
        width: 390,
        height: 844,
        colorScheme: "light",
      },
      {
        name: "request-desktop",
        path: `/requests/${body.id}`,
        width: 1180,
        height: 820,
        colorScheme: "dark",
      },
      { name: "waiting-phone", path: "/", width: 390, height: 844, colorScheme: "light" },
    ] as const;
    for (const { name, path, width, height, colorScheme } of shots) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme,
        deviceScaleFactor: 2,
      });
      await context.addCookies([
        { name: "sayso_session", value: session, url: server.url, httpOnly: true },
      ]);
      const page = await context.newPage();
      await page.goto(server.url + path);
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
