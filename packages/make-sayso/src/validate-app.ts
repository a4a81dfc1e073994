import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { Ajv, type ErrorObject } from "ajv";
import type { App } from "./app-files.ts";

/** A fault in a file of the app. */
export interface Fault {
  file: string;
  /** JSON pointer into the file. */
  at: string;
  message: string;
}

/** The schema of Make's that a file must fit, by the end of its name. The first match counts. */
const schemas: readonly [ending: string, schema: string][] = [
  ["makecomapp.json", "makecomapp.schema.json"],
  ["base.iml.json", "base.json"],
  ["common.json", "common.json"],
  ["groups.json", "groups.json"],
  [".oauth-communication.iml.json", "api-oauth.json"],
  [".communication.iml.json", "api.json"],
  [".attach.iml.json", "api.json"],
  [".detach.iml.json", "api.json"],
  [".static-params.iml.json", "parameters.json"],
  [".mappable-params.iml.json", "parameters.json"],
  [".params.iml.json", "parameters.json"],
  [".interface.iml.json", "parameters.json"],
  [".samples.iml.json", "samples.json"],
  [".epoch.iml.json", "epoch.json"],
  [".scope-list.iml.json", "scopes.json"],
  [".default-scope.iml.json", "scope.json"],
  [".required-scope.iml.json", "scope.json"],
];

const ID = "https://schemas.make.invalid/";

/**
 * Checks every file of the app against the vendor's JSON schemas (those of the repository integromat/vscode-apps-sdk,
 * `syntaxes/imljson/schemas` and `makecomapp.schema.json`). The schemas are no part of this project and stay in their
 * own folder.
 *
 * @param folder the folder of the schemas
 * @returns the number of checked files, and the faults; a file without a schema is a fault too
 * @throws Error for a schema that isn't there
 */
export async function validateApp(
  app: App,
  folder: string,
): Promise<{ files: number; faults: Fault[] }> {
  const validators = await compileSchemas(folder);
  const texts = new Map([
    ["makecomapp.json", JSON.stringify(app.manifest)],
    ...[...app.files].filter(([file]) => !file.endsWith(".md")),
  ]);
  const faults = [...texts].flatMap(([file, text]): Fault[] => {
    const schema = schemas.find(([ending]) => file.endsWith(ending))?.[1];
    if (!schema) return [{ file, at: "", message: "is of no kind that Make has a schema for" }];
    const validate = validators(schema);
    if (validate(JSON.parse(text))) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message = "is wrong", params }: ErrorObject) => ({
        file,
        at: instancePath,
        message: `${message} ${JSON.stringify(params)}`,
      }),
    );
  });
  return { files: texts.size, faults };
}

/** Compiles the schemas. They refer to each other by file name, and their ids are only fragments. */
async function compileSchemas(folder: string) {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    unicodeRegExp: false,
    validateFormats: false,
  });
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  for (const name of names) {
    const schema = readSchema(await readFile(path.join(folder, name), "utf8"));
    ajv.addSchema({ ...schema, $id: ID + name });
  }
  return (name: string) => {
    const validate = names.includes(name) && ajv.getSchema(ID + name);
    if (!validate) throw new Error(`${path.join(folder, name)}: there is no such schema`);
    return validate;
  };
}

/** Reads a schema without the ids that are only fragments. */
function readSchema(text: string): object {
  const schema: unknown = JSON.parse(text, (key, value: unknown) =>
    key === "$id" && typeof value === "string" && value.startsWith("#") ? undefined : value,
  );
  if (typeof schema !== "object" || schema === null) throw new Error("A schema must be an object");
  return schema;
}
