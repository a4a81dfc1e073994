let count = 0;

/** A name that no test had before: what a try has made stays, and a second try makes it again. */
export const another = (name: string): string => `${name} ${++count}`;
