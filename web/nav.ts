/** What every page needs for its header. */
export type Nav = {
  /** null: not signed in. */
  user: { name: string; displayName: string; operator: boolean } | null;
  /** "courses" | "environments": marks the current entry. */
  section: string;
  title: string;
  /** A sentence to show once at the top, for example after signing out. */
  notice: string | null;
};
