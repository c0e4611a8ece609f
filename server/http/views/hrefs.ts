/** Where things are: every link of pages and answers is made here, with its parts escaped. */
const part = encodeURIComponent;

export const courseHref = (course: string): string => `/courses/${part(course)}`;
export const groupsHref = (course: string): string => `${courseHref(course)}/groups`;
export const groupHref = (course: string, group: string): string => `${groupsHref(course)}/${part(group)}`;
export const taskHref = (course: string, task: string): string => `${courseHref(course)}/tasks/${part(task)}`;
/** What a learning platform's activity leads to is this and the task's id. */
export const launchHref = (course: string): string => `/lti/${part(course)}/`;
export const runHref = (run: string): string => `/runs/${part(run)}`;
export const environmentHref = (name: string): string => `/environments/${part(name)}`;
export const NEW_ENVIRONMENT = '/environments/new';
export const editHref = (name: string, version: number): string =>
  `${environmentHref(name)}/edit?build=${version}`;
export const buildLogHref = (name: string, version: number): string =>
  `${environmentHref(name)}/builds/${version}/log`;
export const jobHref = (job: string): string => `/jobs/${part(job)}`;
export const apiRunHref = (run: string): string => `/api/runs/${part(run)}`;
