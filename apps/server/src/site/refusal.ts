import { DomainError } from "@sayso/core";
import { html, type HtmlValue } from "../html/html.ts";
import { banner } from "../html/layout.ts";
import { retryAfter, type Visit } from "./site.ts";

/** The remarks on a form that comes back: the fault of each field, and a banner for all other faults. */
export interface Remarks {
  faults: Readonly<Record<string, string>>;
  banner: HtmlValue;
}

export const noRemarks: Remarks = { faults: {}, banner: null };

const statusOf: Partial<Record<DomainError["code"], number>> = {
  validation_failed: 422,
  conflict: 409,
  invalid_state: 409,
  forbidden: 403,
  rate_limited: 429,
};

/**
 * Does the action of a form. If the core refuses it for a reason that the person can mend, shows the page again. The
 * reason stands at its field, if the form has that field. Throws every other error on.
 *
 * @param fields the form's fields, by the names that faults use
 * @returns the result of `work`, or null: the page was shown again
 */
export async function tryForm<T>(
  visit: Visit,
  fields: readonly string[],
  work: () => Promise<T>,
  showAgain: (remarks: Remarks, status: number) => Promise<void> | void,
): Promise<{ value: T } | null> {
  try {
    return { value: await work() };
  } catch (error) {
    const status = error instanceof DomainError ? statusOf[error.code] : undefined;
    if (!(error instanceof DomainError) || status === undefined) throw error;
    if (status === 429) visit.response.set("Retry-After", retryAfter(error));
    await showAgain(remarksOn(error, fields), status);
    return null;
  }
}

function remarksOn(error: DomainError, fields: readonly string[]): Remarks {
  const all = error.details?.fields ?? [];
  const own = all.filter(({ field }) => fields.includes(field));
  const others = all.filter(({ field }) => !fields.includes(field));
  const words = own.length > 0 ? others.map(({ message }) => message) : [error.message];
  return {
    // The first fault of each field counts.
    faults: Object.fromEntries(
      own.toReversed().map(({ field, message }) => [field, sentence(message)]),
    ),
    banner: words.length > 0 && refused(words.map((text) => `${sentence(text)}.`).join(" ")),
  };
}

/** Renders a banner with the reason of a refusal. */
const refused = (text: string): HtmlValue => banner("bad", html`<p>${text}</p>`);

/** Makes the remarks for a field's fault that the page itself finds. */
export const faulty = (field: string, message: string): Remarks => ({
  faults: { [field]: message },
  banner: null,
});

const sentence = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, "");
