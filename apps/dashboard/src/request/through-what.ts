import type { Via } from "@sayso/client";
import { strings } from "../strings/index.ts";

/** Through what somebody voted: “through the app Night robot”. */
export const throughWhat = ({ kind, name }: Via): string =>
  strings.request.deciders.via[kind](name ?? "");
