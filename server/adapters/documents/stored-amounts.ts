/** What the documents in `amounts` say, for people. */
export type StoredAmounts = {
  bytes: number;
  /** The user with the most, by sign-in name; null: nothing is stored. */
  largest: { user: string; bytes: number } | null;
};

export const NOTHING_STORED: StoredAmounts = { bytes: 0, largest: null };
