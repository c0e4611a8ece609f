/** The live list of environments: a room per audience, because not everybody is told the same. */
import { AUDIENCES, type Audience } from '../show/environments/seen-environments.ts';

export const environmentsRoom = (audience: Audience): string => `environments:${audience}`;

/** As much of a connection as this needs. */
type Member = { rooms: ReadonlySet<string>; join(room: string): unknown; leave(room: string): unknown };

export const isInEnvironments = ({ rooms }: Pick<Member, 'rooms'>): boolean =>
  AUDIENCES.some((audience) => rooms.has(environmentsRoom(audience)));

/** Somebody whose role changed belongs to another audience. */
export async function joinEnvironments(socket: Member, audience: Audience): Promise<void> {
  for (const other of AUDIENCES) if (other !== audience) await socket.leave(environmentsRoom(other));
  await socket.join(environmentsRoom(audience));
}
