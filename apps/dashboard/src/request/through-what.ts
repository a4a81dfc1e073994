import type { Via } from "@sayso/client";
import { strings } from "../strings/index.ts";

/** Names the credential that somebody voted through: “through the app Night robot”. */
export const throughWhat = ({ kind, name }: Via): string =>
  strings.request.deciders.via[kind](name ?? "");
