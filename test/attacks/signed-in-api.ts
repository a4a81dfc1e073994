import { api, type Api, type CallOptions, type TestPerson } from "@sayso/testkit";

/** The API as a person's browser calls it: with a session, and without a token. */
export async function signedInApi(url: string, person: TestPerson): Promise<Pick<Api, "call">> {
  const { call } = api(url, null);
  const headers = { Cookie: `sayso_session=${await person.signIn()}`, Origin: url };
  return {
    call: (method, path, options: CallOptions = {}) =>
      call(method, path, { ...options, headers: { ...options.headers, ...headers } }),
  };
}
