/** What pages get about being in a course: its groups, what it asks, the way out and back. */
import type { Nav } from './nav.ts';

/** A course that one left, and may come back to. */
export type LeftCard = { id: string; name: string; backHref: string };

/** Something that a course asks its students. */
export type FieldView = {
  id: string;
  description: string;
  isFlag: boolean;
  isNumber: boolean;
  checked: boolean;
  value: string;
  error: string | null;
};

type PersonView = { name: string; displayName: string };
export type GroupView = {
  id: string;
  name: string;
  size: number;
  taken: number;
  /** The reader is in it. */
  own: boolean;
  href: string;
  /** null: not for this reader. */
  people: PersonView[] | null;
  /** By staff. */
  canFill: boolean;
  /** By the reader, whose name the form sends. */
  canEnter: { name: string } | null;
  canLeave: { name: string } | null;
};
export type GroupsPage = Nav & {
  course: { id: string; name: string; href: string };
  staff: boolean;
  mayChoose: boolean;
  groups: GroupView[];
  /** Students in no group; empty for students. */
  without: PersonView[];
  newHref: string;
  /** What the form for a new group proposes. */
  usualSize: number;
  /** Some task is handed in by groups. */
  handsIn: boolean;
  error: string | null;
};
