/** The shapes of what is stored about membership in a course: groups, their teams, and students' settings. */
import { z } from 'zod';
import { instant } from './instant.ts';

/** Students of a course who hand in together; each is in at most one group of a course. */
export const groupSchema = z.object({
  id: z.string(),
  course: z.string(),
  name: z.string(),
  /** How many members the group may have. */
  size: z.int(),
  /** User ids. */
  members: z.array(z.string()),
  createdAt: instant,
});

/**
 * A team is a group as it was when it handed something in. It stays the owner of the submission, whatever becomes of
 * the group. It has one document per member, so that an index finds all teams of a user and of a group.
 */
export const teammateSchema = z.object({
  /** `${team}/${userId}` */
  id: z.string(),
  team: z.string(),
  group: z.string(),
  userId: z.string(),
});

/** Stored with what a team handed in, so that access is decided without another look-up. */
export const teamSchema = z.object({
  group: z.string(),
  /** The group's name at that time. */
  name: z.string(),
  /** The member who handed it in. */
  by: z.string(),
  members: z.array(z.string()),
});

/** What a student entered in a course about themselves: "fields" of course.yaml. */
export const settingsValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export const settingsSchema = z.object({
  /** `${course}/${userId}` */
  id: z.string(),
  course: z.string(),
  userId: z.string(),
  values: settingsValues,
});
