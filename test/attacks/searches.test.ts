// No text in a search or a filter causes an error of the server.
import { allSurfaces, type AnyOperation } from "@sayso/catalogue";
import { shareStage } from "@sayso/testkit";
import { afterAll, describe, expect, test } from "vitest";

const stage = await shareStage();
afterAll(() => stage.close());
const { machine, organization } = stage;

const nasty = [
  ...["-".repeat(50), "- ".repeat(50), "-!".repeat(50), "!-&|()".repeat(50), '-"'.repeat(50)],
  ...["-\u00a0".repeat(50), "-\u0085".repeat(50), "-\u3000".repeat(50), "-\ufeff".repeat(50)],
  ...["-\u001c".repeat(50), "-'".repeat(50), "-:*".repeat(50), "-#".repeat(50), "-a".repeat(100)],
  ...["a" + "-".repeat(50), '"' + "-".repeat(50), "-".repeat(31), "-".repeat(32), "-".repeat(33)],
  ...["(((((((((".repeat(20), "<->".repeat(50), " or ".repeat(50), "a:*&!|".repeat(50)],
  ...["%", "_", "\\", "'", "''", "$1", "[", "[[:alpha:]", "(?!", "*", "+", "a{1,99999}"],
  ...["\u{1f600}".repeat(100), "\u0301".repeat(100), "\ud83d\ude00-\ud83d\ude00", "x".repeat(190)],
  ...["ﷺ".repeat(60), "İ".repeat(100), "ß".repeat(100), "\t\n\r", "null", "NaN", "1e400", "{}"],
];

interface Parser {
  safeParse: (value: unknown) => { success: boolean };
}

/** The text parameters of a list: those whose schema accepts any text. */
const textParameters = (operation: AnyOperation): string[] =>
  Object.entries<Parser>(operation.input.query?.shape ?? {})
    .filter(([, schema]) => schema.safeParse("-".repeat(50)).success)
    .map(([name]) => name);

const organizationPath = (path: string) =>
  path.replace("{organizationId}", organization.id).replace("{approvalId}", organization.id);

const lists = allSurfaces.flatMap((surface) =>
  Object.values(surface.operations)
    .filter(({ http, input }) => http.method === "GET" && input.query)
    .map((operation): [string, AnyOperation] => [operation.key, operation])
    .filter(([, operation]) => textParameters(operation).length > 0),
);

test("there are lists with texts to filter by on several surfaces", () => {
  expect(lists.length).toBeGreaterThan(8);
});

describe.each(lists)("%s", (_, operation) => {
  test("answers any text with 200, or 400 where it can't be one of its texts", async () => {
    // A new person has the calls of a whole hour left.
    const { api } = await organization.addPerson({ role: "admin" });
    const path = organizationPath(operation.http.path).replace("{id}", machine.id);
    for (const name of textParameters(operation)) {
      for (const text of nasty) {
        const { status } = await api.call("GET", path, { query: { [name]: text } });
        expect([name, text, status]).toEqual([name, text, expect.toBeOneOf([200, 400, 404])]);
      }
    }
  });
});

test("fifty dashes before a word find it as no dashes do", async () => {
  const { body } = await machine.api.create({ title: "Dashing zebra" });
  const found = async (search: string) =>
    (await machine.api.list({ search })).body.data.map(({ id }) => id);
  expect(await found(`${"-".repeat(50)} zebra`)).toEqual([body.id]);
  expect(await found("dashing -zebra")).toEqual([]);
  expect(await found("--zebra")).toEqual([body.id]);
});
