/** SQL: whether the person `p` (of `people p`) has something to sign in with, a password or a passkey. */
export const hasSignIn =
  "(p.password_hash is not null or exists (select from passkeys k where k.person_id = p.id))";
