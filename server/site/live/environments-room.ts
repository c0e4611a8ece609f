/** The live list of environments: a room per audience and language, because they see different lists. */
import { AUDIENCES, type Audience } from '../show/environments/seen-environments.ts';
import type { LiveSocket } from './conversation.ts';

export const environmentsRoom = (audience: Audience, language: string): string =>
  `environments:${audience}:${language}`;

export const isInEnvironments = ({ rooms, data }: LiveSocket): boolean =>
  AUDIENCES.some((audience) => rooms.has(environmentsRoom(audience, data.language.code)));

/** Somebody whose role changed belongs to another audience. */
export async function joinEnvironments(socket: LiveSocket, audience: Audience): Promise<void> {
  const { code } = socket.data.language;
  for (const other of AUDIENCES) if (other !== audience) await socket.leave(environmentsRoom(other, code));
  await socket.join(environmentsRoom(audience, code));
}
