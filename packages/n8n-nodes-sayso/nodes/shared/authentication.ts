import type { INodeCredentialDescription, INodeProperties } from "n8n-workflow";

/** The property that chooses the kind of credential. */
export const authentication: INodeProperties = {
  displayName: "Authentication",
  name: "authentication",
  type: "options",
  noDataExpression: true,
  options: [
    { name: "API Key", value: "apiKey" },
    { name: "OAuth2", value: "oAuth2" },
  ],
  default: "apiKey",
};

export const credentials: INodeCredentialDescription[] = [
  {
    name: "saysoApi",
    required: true,
    displayOptions: { show: { authentication: ["apiKey"] } },
  },
  {
    name: "saysoOAuth2Api",
    required: true,
    displayOptions: { show: { authentication: ["oAuth2"] } },
  },
];
