/** The select list of a `Template`. */
export const templateColumns = `id, name, description, target_app as "targetApp", defaults, created_at as "createdAt"`;
