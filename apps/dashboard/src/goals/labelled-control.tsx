import { Field } from "@base-ui/react/field";
import type { ReactNode } from "react";

/** A control in a row of tools: its label is heard, and seen by what it shows. */
export const LabelledControl = ({ label, children }: { label: string; children: ReactNode }) => (
  <Field.Root>
    <Field.Label className="unseen">{label}</Field.Label>
    {children}
  </Field.Root>
);
