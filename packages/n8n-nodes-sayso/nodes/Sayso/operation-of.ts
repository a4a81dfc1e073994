import { operations } from "./declared.generated.ts";

/** @throws Error: this version of the node has no such operation */
export function operationOf(name: string) {
  const operation = operations[name];
  if (!operation) throw new Error(`This version of the Sayso node has no operation ${name}`);
  return operation;
}
