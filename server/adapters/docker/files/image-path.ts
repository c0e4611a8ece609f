/** An image's name in a path of Docker's API. */

/** Each part is escaped, or a name could ask for something else. */
export const inPath = (reference: string): string => encodeURIComponent(reference).replaceAll('%2F', '/');
