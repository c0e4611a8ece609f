/** A task with default settings, as a start for tasks that code makes. */
import type { Task } from './task.ts';

export const plainTask: Omit<Task, 'id' | 'course' | 'folder' | 'name'> = {
  author: '',
  context: '',
  problems: [],
  environment: 'default',
  limits: {},
  runCommand: null,
  network: false,
  terminal: false,
  showOutput: false,
  htmlFeedback: false,
  order: 0,
  random: { count: 0, regenerate: false },
  contactUrl: '',
  translations: new Map(),
  tags: [],
  notices: [],
  weight: 1,
  access: { open: true, from: null, softUntil: null, until: null },
  evaluate: 'best',
  groups: false,
  storedSubmissions: 0,
  submissionLimit: null,
  categories: [],
};
