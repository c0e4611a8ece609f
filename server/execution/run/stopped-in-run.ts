/** What a program of a run tried and was stopped at, for the log and the metrics. */
import type { FromGradingAgent } from '../../../grading-api/protocol.ts';
import type { AttackKind } from '../../rules/stopped-attacks.ts';
import type { AgentLink } from '../agent/agent-link.ts';

/** The run and its user are added. */
export type TellStopped = (kind: AttackKind, why: string) => void;

/** The worker heard something that no agent says: a program spoke in its place. */
export function tellForgery({ ended }: Pick<AgentLink<never>, 'ended'>, tell: TellStopped): void {
  void ended.then((end) => end.spokeNonsense && tell('forged-frame', end.complaint));
}

export const linksText = ({ count, first }: Extract<FromGradingAgent, { type: 'links' }>): string =>
  `${count} ${count === 1 ? 'link leads' : 'links lead'} from the student folder to the grader's places: ${first}`;
