/** The live list of environments: a room per audience, because not everybody is told the same. */
import { AUDIENCES, type Audience } from '../show/environments/seen-environments.ts';
import type { LiveSocket } from './conversation.ts';

export const environmentsRoom = (audience: Audience): string => `environments:${audience}`;

export const isInEnvironments = ({ rooms }: LiveSocket): boolean =>
  AUDIENCES.some((audience) => rooms.has(environmentsRoom(audience)));

/** Somebody whose role changed belongs to another audience. */
export async function joinEnvironments(socket: LiveSocket, audience: Audience): Promise<void> {
  for (const other of AUDIENCES) if (other !== audience) await socket.leave(environmentsRoom(other));
  await socket.join(environmentsRoom(audience));
}
