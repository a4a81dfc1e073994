import { approvalsSurface } from "@sayso/catalogue";
import { renderZapierFields, specify } from "@sayso/renderers";
import { flatFields } from "@sayso/triggers";
import { expect, test } from "vitest";

test("the fields that are rendered for Zapier's triggers are those that flat items have", () => {
  const flat = flatFields.map(({ key }) => key);
  for (const { key: trigger, outputFields } of renderZapierFields(specify(approvalsSurface))
    .triggers) {
    const missing = outputFields.filter(({ key }) => !flat.includes(key));
    expect([trigger, missing]).toEqual([trigger, []]);
    expect(outputFields.map(({ key }) => key)).toContain("request_title");
  }
});
