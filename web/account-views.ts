/** The model of the page "Account". */
import type { Nav } from './nav.ts';

export type AccountPage = Nav & {
  error: string | null;
  /** It can be set up. Neither off nor on: a learning platform signs this user in. */
  isOff: boolean;
  isOn: boolean;
  /** The operator asks for it, and it is off. */
  isOwed: boolean;
  /** A secret that waits for its first code; code: the link as a QR code, null where it is too long. */
  enrol: { secret: string; link: string; code: { width: number; squares: string } | null } | null;
  /** Recovery codes, shown once. */
  codes: string[];
  sessions: { id: string; agent: string; from: string; created: string; used: string; isThis: boolean }[];
};
