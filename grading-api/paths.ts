/** Where a container sees what is ours. */

/** The folder grading-api/. */
export const AGENT_FOLDER = '/opt/gradeport';
/** The same, compiled by this image's Python; agents look there when it is mounted. */
export const COMPILED_FOLDER = '/opt/gradeport-compiled';
/** The worker's own socket, where a container has one (server/execution/agent/direct-line.ts). */
export const DIRECT_LINE = '/opt/gradeport-line';
