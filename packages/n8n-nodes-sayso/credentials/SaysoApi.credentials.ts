import type {
  IAuthenticateGeneric,
  Icon,
  ICredentialTestRequest,
  ICredentialType,
  INodeProperties,
} from "n8n-workflow";

/** A credential that holds an API key of a connection, or a person's own token. */
export class SaysoApi implements ICredentialType {
  name = "saysoApi";

  displayName = "Sayso API";

  icon: Icon = { light: "file:../icons/sayso.svg", dark: "file:../icons/sayso.dark.svg" };

  documentationUrl =
    "https://github.com/sayso-hq/sayso/tree/main/packages/n8n-nodes-sayso#connect-with-an-api-key";

  properties: INodeProperties[] = [
    {
      displayName: "Server Address",
      name: "url",
      type: "string",
      default: "",
      required: true,
      placeholder: "e.g. https://sayso.example.com",
      description: "The URL of your Sayso server",
    },
    {
      displayName: "API Key",
      name: "apiKey",
      type: "string",
      typeOptions: { password: true },
      default: "",
      required: true,
      placeholder: "e.g. gk_…",
      description:
        'The API key that "sayso key create" printed, or that Connections showed in the dashboard',
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: "generic",
    properties: { headers: { Authorization: "=Bearer {{$credentials.apiKey}}" } },
  };

  test: ICredentialTestRequest = {
    request: { baseURL: '={{$credentials.url.replace(/\\/+$/, "")}}', url: "/api/v1/org" },
  };
}
