/** Tags: of a course, by their ids; and of a task in courses from before INGInious 0.8, with their ids inside. */
import { z } from 'zod';
import type { CourseTag } from '../task.ts';
import { asWritten } from '../yaml/text-as-typed.ts';
import { count, flag, text, wants } from '../yaml/values.ts';
import type { Path, YamlFile } from '../yaml/yaml-file.ts';

const KINDS = ['skill', 'misconception', 'category'] as const;
const tagSchema = z.object(
  { id: text(''), name: text(''), description: text(''), type: count(0), visible: flag(false) },
  wants('a map of the tag’s name, description, type and visible'),
);

/** An editor without tags writes an empty list. */
export const tagsSchema = z
  .preprocess(
    (value) => (value === undefined || value === null || Array.isArray(value) ? {} : value),
    z.record(z.string(), tagSchema, wants('a map of tags')),
  )
  .transform((tags) => Object.entries(tags).map(([key, tag]) => toTag(tag.id || key, tag)));

function toTag(id: string, { type, name, description, visible }: z.infer<typeof tagSchema>): CourseTag {
  return { id, name: name || id, description, visible, kind: KINDS[type] ?? 'skill' };
}

export const tagsAsWritten = (yaml: YamlFile, path: Path, tags: unknown): unknown =>
  typeof tags !== 'object' || tags === null || Array.isArray(tags)
    ? tags
    : Object.fromEntries(Object.entries(tags).map(([id, tag]) => [id, asWritten(yaml, [...path, id], tag)]));
