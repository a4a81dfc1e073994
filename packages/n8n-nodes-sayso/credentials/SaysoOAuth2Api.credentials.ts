import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from "n8n-workflow";

/** A credential of an app that a person allowed to act in their name (authorization code with PKCE). */
export class SaysoOAuth2Api implements ICredentialType {
  name = "saysoOAuth2Api";

  extends = ["oAuth2Api"];

  displayName = "Sayso OAuth2 API";

  icon: Icon = { light: "file:../icons/sayso.svg", dark: "file:../icons/sayso.dark.svg" };

  documentationUrl =
    "https://github.com/sayso-hq/sayso/tree/main/packages/n8n-nodes-sayso#connect-with-oauth";

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
      displayName:
        "Sayso asks whether n8n may vote in your name. Leave this off if your workflows only ask. Without it, deciding fails with an error.",
      name: "deciding",
      type: "notice",
      default: "",
    },
    { displayName: "Grant Type", name: "grantType", type: "hidden", default: "pkce" },
    {
      displayName: "Authorization URL",
      name: "authUrl",
      type: "hidden",
      default: '={{$self["url"].replace(/\\/+$/, "")}}/oauth/authorize',
      required: true,
    },
    {
      displayName: "Access Token URL",
      name: "accessTokenUrl",
      type: "hidden",
      default: '={{$self["url"].replace(/\\/+$/, "")}}/api/v1/oauth/token',
      required: true,
    },
    {
      displayName: "Scope",
      name: "scope",
      type: "hidden",
      default:
        "approvals:read approvals:write comments:write okrs:read okrs:write okr-checkins:write kpis:read kpis:write",
    },
    {
      displayName: "Auth URI Query Parameters",
      name: "authQueryParameters",
      type: "hidden",
      default: "",
    },
    { displayName: "Authentication", name: "authentication", type: "hidden", default: "header" },
  ];

  test: ICredentialTestRequest = {
    request: { baseURL: '={{$credentials.url.replace(/\\/+$/, "")}}', url: "/api/v1/org" },
  };
}
