let count = 0;

/** Returns a name that no test had before. The data of a failed attempt stays, and a retry creates it again. */
export const another = (name: string): string => `${name} ${++count}`;
