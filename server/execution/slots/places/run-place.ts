/** The folders of one run, wherever they are: on this machine, or in volumes of the engine. */
import type { Source } from '../../../ports/engine/container-policy.ts';
import type { CopiedOut } from '../../../ports/engine/volumes.ts';
import type { Limits } from '../../../rules/limits.ts';
import type { AgentLink } from '../../agent/agent-link.ts';

type Place = 'task' | 'student';

/** The parts of the grading container's agent that its folders need. */
type Agent = Pick<AgentLink<unknown>, 'containerId' | 'send' | 'sendBytes' | 'isFull'>;

/** Copies a folder that a run left; its content is hostile, so only regular files are copied, none through a link. */
export type LeftFolders =
  | { task: string; student: string }
  | {
      copyOut(place: Place, into: string, limits: { maxFiles: number; maxBytes: number }): Promise<CopiedOut>;
    };

export type RunPlace = {
  task: Source;
  student: Source;
  /** Whether it is mounted in the task's folder already, so that the grader follows no link in it. */
  studentInTask: boolean;
  /** The file /etc/hosts of containers without a network; null: they have none. */
  hosts: Source | null;
  /** Where the socket of the nth container may be; its maker removes it. null: containers cannot reach one. */
  linePath(n: number): string | null;
  /** Size of the student folder's own file system; null: it has none (not root). */
  studentBytes: number | null;
  /** Whether only the agents inside can know what containers use, and how full the folders are. */
  reports: boolean;
  /** Lays out the task; the grading container is there, and its grader has not begun. */
  fill(taskFolder: string, agent: Agent): Promise<void>;
  /** Whether a folder has no room left, for bytes or for files, as seen from the container of this agent. */
  isFull(place: Place, agent: Pick<Agent, 'isFull'>): Promise<boolean>;
  /** What the run leaves while its grading container is there. */
  left(agent: Pick<Agent, 'containerId'>): LeftFolders;
  [Symbol.asyncDispose](): Promise<void>;
};

export type PlaceRequest = {
  id: string;
  /** The user of this machine that the files of the task belong to. */
  owner: number;
  /** Marks what is on the engine. */
  instance: string;
  limits: Limits;
  /** Lines of /etc/hosts that the task adds. */
  hosts: string;
};
