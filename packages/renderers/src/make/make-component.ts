/** A component of a Make app: its line in the manifest and its code, by Make's name for each piece. */
export interface MakeComponent {
  kind: "connection" | "webhook" | "module" | "rpc";
  id: string;
  manifest: {
    label: string;
    description?: string;
    connection?: string;
    altConnection?: string;
    webhook?: string;
    connectionType?: "basic" | "oauth";
    webhookType?: "web";
    moduleType?: "action" | "search" | "trigger" | "instant_trigger" | "universal";
    actionCrud?: "create" | "read" | "update" | "delete" | null;
  };
  code: Partial<Record<MakeCode, unknown>>;
}

export type MakeCode =
  | "communication"
  | "params"
  | "staticParams"
  | "mappableParams"
  | "interface"
  | "samples"
  | "scope"
  | "epoch"
  | "scopeList"
  | "defaultScope"
  | "attach"
  | "detach"
  | "requiredScope";

/** The two connections of a component. A user can choose either for any component. */
export const connected = { connection: "oauth", altConnection: "apiKey" } as const;
