/** SQL: whether the person `p` (of `people p`) has a password or a passkey to sign in with. */
export const hasSignIn =
  "(p.password_hash is not null or exists (select from passkeys k where k.person_id = p.id))";
