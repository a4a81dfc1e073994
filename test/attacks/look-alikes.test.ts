// Two people of one name, and of names and addresses that look alike, are told apart where it says who decides.
import { invitePerson } from "@sayso/core";
import type { TestPerson } from "@sayso/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { createVisitor, signedIn } from "../pages/visitor.ts";
import { openDecidingScreens } from "./deciding-screens.ts";

const { stage, open } = await openDecidingScreens();
const { server, services, organization, machine, alice } = stage;

let people: Record<"owner" | "sameName" | "cyrillic" | "dotless" | "other", TestPerson>;
beforeAll(async () => {
  people = {
    owner: await organization.addPerson({ name: "Olivia Miller" }),
    sameName: await organization.addPerson({ name: "Olivia Miller" }),
    cyrillic: await organization.addPerson({ name: "\u041elivia \u041ciller" }),
    dotless: await organization.addPerson({ name: "0l\u0131via  miller" }),
    other: await organization.addPerson({ name: "Nobody's Namesake" }),
  };
  const email = "\u043elivia@example.com";
  await services.sql("update people set email = $2 where id = $1", [people.cyrillic.id, email]);
  people.cyrillic.email = email;
});

const askAll = async (requiredApprovals = 5) => {
  const { body } = await machine.api.create({
    assigned_approvers: Object.values(people).map(({ id }) => id),
    required_approvals: requiredApprovals,
  });
  return body.id;
};
/** The text of a page. */
const textOf = (html: string) => html.replaceAll(/<[^>]+>/g, "").replaceAll(/\s+/g, " ");
const CYRILLIC = "\u043eU+043Elivia@example.com";

test("the API names the address of everybody whose name looks like another's, and of nobody else", async () => {
  const id = await askAll();
  const { body } = await alice.api.call<{
    namesakes: { id: string; name: string; email: string }[];
  }>("GET", `/api/v1/approvals/${id}/deciders`);
  const { other: _, ...alike } = people;
  const expected = Object.values(alike).map(({ id, name, email }) => ({
    id,
    name: name.replaceAll(/ +/g, " "),
    email,
  }));
  expect(new Set(body.namesakes)).toEqual(new Set(expected));
});

describe("the page without a script", () => {
  test("shows the addresses of those who are asked, and of those who voted", async () => {
    const id = await askAll();
    await people.sameName.api.approve(id);
    const visitor = await signedIn(server.url, alice);
    const text = textOf((await visitor.get(`/requests/${id}`)).html);
    expect(text).toContain(`Olivia Miller (${people.sameName.email}), through the personal token`);
    expect(text).toContain(`Olivia Miller (${people.owner.email})`);
    expect(text).toContain(`\u041elivia \u041ciller (${CYRILLIC})`);
    expect(text).toContain("Nobody's Namesake".replace("'", "&#39;"));
    expect(text).not.toContain(people.other.email);
  });

  test("shows the address of the person who decided", async () => {
    const id = await askAll(1);
    await people.cyrillic.api.reject(id, "No");
    const visitor = await signedIn(server.url, alice);
    const text = textOf((await visitor.get(`/requests/${id}`)).html);
    expect(text).toContain(`Rejected by \u041elivia \u041ciller (${CYRILLIC})`);
  });

  test("an invitation shows the address of the person who invites", async () => {
    const inviter = organization.owner;
    const asked = { name: "Ida", email: "ida.look@example.com", role: "member" } as const;
    const { link } = await invitePerson(organization.operator, asked).then(() =>
      invitePerson(organization.context, { ...asked, email: "ida.look2@example.com" }),
    );
    const { html } = await createVisitor(server.url).get(new URL(link.url).pathname);
    expect(textOf(html)).toContain(`${inviter.name} (${inviter.email}) invites you`);
  });
});

test("the dashboard shows the addresses beside the names of approvers, in the outcome and in the timeline", async () => {
  const id = await askAll(1);
  const desk = await open("desktop");
  await desk.show(`/requests/${id}`);
  await desk.page.getByText(`Olivia Miller (${people.owner.email})`).first().waitFor();
  await people.cyrillic.api.reject(id, "No");
  const named = `\u041elivia \u041ciller (${CYRILLIC})`;
  await desk.page.getByText(named).nth(2).waitFor();
  expect(await desk.page.getByText(people.other.email).count()).toBe(0);
  await desk.context.close();
});

test("the list of people marks each character of an address that isn't plain ASCII", async () => {
  const desk = await open("desktop");
  await desk.show("/people");
  await desk.page.getByText(CYRILLIC).first().waitFor();
  await desk.context.close();
});
