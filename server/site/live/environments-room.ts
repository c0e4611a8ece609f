/** The live list of environments: one room per audience and language, because they see different lists. */
import { AUDIENCES, type Audience } from '../../environments/discovery/audience.ts';

export const environmentsRoom = (audience: Audience, language: string): string =>
  `environments:${audience}:${language}`;

/** The part of a connection that this file needs. */
type Member = {
  rooms: ReadonlySet<string>;
  data: { language: { code: string } };
  join(room: string): unknown;
  leave(room: string): unknown;
};

export const isInEnvironments = ({ rooms, data }: Pick<Member, 'rooms' | 'data'>): boolean =>
  AUDIENCES.some((audience) => rooms.has(environmentsRoom(audience, data.language.code)));

/** A user whose role changed belongs to another audience. */
export async function joinEnvironments(socket: Member, audience: Audience): Promise<void> {
  const { code } = socket.data.language;
  for (const other of AUDIENCES) if (other !== audience) await socket.leave(environmentsRoom(other, code));
  await socket.join(environmentsRoom(audience, code));
}
