/** The models for a student's membership in a course: groups, the course's questions, leaving and coming back. */
import type { Nav } from './nav.ts';

/** A course that the reader left and may come back to. */
export type LeftCard = { id: string; name: string; backHref: string };

/** A course that the reader may join. */
export type JoinCard = {
  id: string;
  name: string;
  descriptionHtml: string;
  joinHref: string;
  needsPassword: boolean;
};

/** A question of a course to its students. */
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
  /** The reader is a member. */
  own: boolean;
  href: string;
  /** null: this reader may not see them. */
  people: PersonView[] | null;
  /** Staff may add people. */
  canFill: boolean;
  /** The reader may enter; the form sends this name. */
  canEnter: { name: string } | null;
  canLeave: { name: string } | null;
};
export type GroupsPage = Nav & {
  course: { id: string; name: string; href: string };
  staff: boolean;
  mayChoose: boolean;
  groups: GroupView[];
  /** Students without a group; empty for students. */
  without: PersonView[];
  newHref: string;
  /** The suggested values of the form for a new group. */
  usualSize: number;
  /** Some tasks of the course are handed in by groups. */
  handsIn: boolean;
  error: string | null;
};
