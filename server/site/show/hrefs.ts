/** Addresses of pages: every link in pages and answers is made here, with its parts escaped. */
import { shortDigest } from '../../environments/revisions/images/revision-tags.ts';

const part = encodeURIComponent;

export const courseHref = (course: string): string => `/courses/${part(course)}`;
export const groupsHref = (course: string): string => `${courseHref(course)}/groups`;
export const groupHref = (course: string, group: string): string => `${groupsHref(course)}/${part(group)}`;
export const taskHref = (course: string, task: string): string => `${courseHref(course)}/tasks/${part(task)}`;
/** The text of a task, or of one of its problems, with its scripts. @param shown what the page around it shows */
export const frameHref = (
  course: string,
  task: string,
  problem: string | null,
  shown: Readonly<Record<string, string>>,
): string => {
  const text = problem === null ? 'frame' : `frame/${part(problem)}`;
  return `${taskHref(course, task)}/${text}?${new URLSearchParams(shown)}`;
};
/** A learning platform's activity leads to this address and the task's id. */
export const launchHref = (course: string): string => `/lti/${part(course)}/`;
export const runHref = (run: string): string => `/runs/${part(run)}`;
export const answerFileHref = (run: string, problem: string): string =>
  `${runHref(run)}/files/${part(problem)}`;
/** Pages below /environments that are not environments, in lower case as the routes compare them. */
const TAKEN = ['new', 'get', 'updates'];
/** An environment may have the name of such a page: then its address has "by-name" before the name. */
export const environmentHref = (name: string): string =>
  TAKEN.includes(name.toLowerCase()) ? `/environments/by-name/${part(name)}` : `/environments/${part(name)}`;
/** Addresses of one environment's routes. */
export const environmentPaths = (verb = ''): string[] =>
  ['/environments/:name', '/environments/by-name/:name'].map((path) => path + verb);
export const revisionHref = (name: string, digest: string): string =>
  `${environmentHref(name)}#revision-${shortDigest(digest)}`;
export const NEW_ENVIRONMENT = '/environments/new';
export const editHref = (name: string, version: number): string =>
  `${environmentHref(name)}/edit?build=${version}`;
export const buildLogHref = (name: string, version: number): string =>
  `${environmentHref(name)}/builds/${version}/log`;
export const jobHref = (job: string): string => `/jobs/${part(job)}`;
export const apiRunHref = (run: string): string => `/api/runs/${part(run)}`;
