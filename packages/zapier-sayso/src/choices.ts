import type { Trigger } from "zapier-platform-core";
import { callOperation } from "./actions/call.ts";
import type { DeclaredChoices } from "./declared.ts";
import { choices as declaredChoices } from "./declared.generated.ts";
import { isObject } from "@sayso/triggers";
import { itemsOf } from "./output.ts";
import { withRefusals } from "./refusals.ts";
import { connect } from "./server.ts";

const PAGE_SIZE = 100;

/** The hidden triggers that fill dropdowns with their choices. */
export const choices: Record<string, Trigger> = Object.fromEntries(
  Object.entries(declaredChoices).map(([key, declared]) => [key, choicesOf(key, declared)]),
);

function choicesOf(key: string, declared: DeclaredChoices): Trigger {
  const { isPaged, value = "id", label = value, query } = declared;
  return {
    key,
    noun: "Choice",
    display: {
      label: `Choices of ${key}`,
      description: "Triggers when a dropdown is opened.",
      hidden: true,
    },
    operation: {
      type: "polling",
      ...(isPaged && { canPaginate: true }),
      perform: (z, bundle) =>
        withRefusals(z, async () => {
          const page = (bundle.meta?.page ?? 0) + 1;
          if (!isPaged && page > 1) return [];
          const paging = isPaged ? { page, page_size: PAGE_SIZE } : {};
          const answer = await callOperation(connect(z, bundle), declared, { ...query, ...paging });
          return itemsOf(answer).map((item) => toChoice(item, value, label));
        }),
      outputFields: [{ key: "id", label: "ID", type: "string" }],
    },
  };
}

type Choice = Record<string, unknown> & { id: string };

/** Turns an item into a choice. An item is a text, or an object with one property to send and another to show. */
function toChoice(item: unknown, value: string, label: string): Choice {
  if (typeof item === "string") return { id: item };
  const properties = isObject(item) ? item : {};
  const id = String(properties[value]);
  return { id, [value]: id, [label]: properties[label] };
}
