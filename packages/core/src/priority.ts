import { priorities } from "@sayso/fields";

export { priorities };
export type Priority = (typeof priorities)[number];
