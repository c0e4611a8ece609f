/** The version of everything that is stored. Raise it with every change that an older Gradeport could not read. */
export const SCHEMA_VERSION = 2;
