/** The paths of Gradeport's own files inside a container. */

/** The folder grading-api/. */
export const AGENT_FOLDER = '/opt/gradeport';
/** The folder grading-api/, compiled by this image's Python; agents use it when it is mounted. */
export const COMPILED_FOLDER = '/opt/gradeport-compiled';
/** The worker's own socket, if the container has one (server/execution/agent/direct-line.ts). */
export const DIRECT_LINE = '/opt/gradeport-line';
