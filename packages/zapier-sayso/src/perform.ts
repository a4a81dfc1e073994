import type { Sayso } from "@sayso/client";
import type { Bundle, ZObject } from "zapier-platform-core";
import type { DeclaredAction } from "./declared.ts";
import type { FlatItem } from "./output.ts";

/** Runs an action with the client of the connected person. */
export type Perform = (
  z: ZObject,
  bundle: Bundle,
  given: { sayso: Sayso; declared: DeclaredAction },
) => Promise<FlatItem>;
