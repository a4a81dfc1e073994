export * from "./goals.ts";
export * from "./named.ts";
export * from "./read-value.ts";
export * from "./values.ts";
