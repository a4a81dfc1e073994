/** The person whom `npm run dev` signs in. Only this machine reaches the server, and its database is thrown away. */
export const firstAdmin = {
  name: "Dev Admin",
  email: "dev@example.com",
  password: "only-for-development",
};

/** Uses the first admin's one-time link, as a person would. */
export async function becomeFirstAdmin(serverUrl: string, welcomePath: string): Promise<void> {
  await send(serverUrl, welcomePath, firstAdmin);
}

/** Signs the first admin in, and returns the cookies of their session. */
export function signInFirstAdmin(serverUrl: string): Promise<string[]> {
  const { email, password } = firstAdmin;
  return send(serverUrl, "/sign-in", { email, password, next: "/" });
}

async function send(serverUrl: string, path: string, form: Record<string, string>) {
  const response = await fetch(serverUrl + path, {
    method: "POST",
    headers: { "Sec-Fetch-Site": "same-origin" },
    body: new URLSearchParams(form),
    redirect: "manual",
  });
  if (response.status === 303) return response.headers.getSetCookie();
  throw new Error(`Could not sign ${firstAdmin.email} in: ${path} answered ${response.status}.`);
}
