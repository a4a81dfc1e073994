import type { Sayso } from "@sayso/client";
import type { Bundle, ZObject } from "zapier-platform-core";
import type { DeclaredAction } from "./declared.ts";
import type { FlatItem } from "./output.ts";

/** What an action does, given the server as the connected person uses it. */
export type Perform = (
  z: ZObject,
  bundle: Bundle,
  given: { sayso: Sayso; declared: DeclaredAction },
) => Promise<FlatItem>;
