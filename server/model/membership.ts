/** The shapes of what is stored about being in a course: groups, their teams, what students told it. */
import { z } from 'zod';
import { instant } from './instant.ts';

/** Students of a course who hand in together; each is in at most one group of a course. */
export const groupSchema = z.object({
  id: z.string(),
  course: z.string(),
  name: z.string(),
  /** How many it may have. */
  size: z.int(),
  /** User ids. */
  members: z.array(z.string()),
  createdAt: instant,
});

/**
 * A team is a group as it was when it handed something in: that is whose the submission stays, whatever becomes of
 * the group. One document for each of its members, so that an index knows all teams of a user and of a group.
 */
export const teammateSchema = z.object({
  /** `${team}/${userId}` */
  id: z.string(),
  team: z.string(),
  group: z.string(),
  userId: z.string(),
});

/** Written into what a team handed in: who may see it needs no look at anything else. */
export const teamSchema = z.object({
  group: z.string(),
  /** The group's name at that time. */
  name: z.string(),
  /** Who handed it in. */
  by: z.string(),
  members: z.array(z.string()),
});

/** What a student told a course about themselves: "fields" of course.yaml. */
export const settingsValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export const settingsSchema = z.object({
  /** `${course}/${userId}` */
  id: z.string(),
  course: z.string(),
  userId: z.string(),
  values: settingsValues,
});
