/** Users of this machine that belong to the programs of one slot: what the kernel counts per user, it counts per slot. */

export type SlotUser = {
  /** On this machine; the programs see themselves as uid 4242. */
  uid: number;
  /** Called when nothing of the slot is left; only then may another slot get the number. */
  release(): void;
};

export type SlotUsers = {
  /** null: this runtime cannot give its programs another user. Fails with "busy" when all numbers are in use. */
  take(runtime: string): Promise<SlotUser | null>;
};
