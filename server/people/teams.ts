/** Who hands in to a task, whose the submission will be, and what was theirs before. */
import { createHash } from 'node:crypto';
import type { Task } from '../courses/task.ts';
import type { Group, Submission, Team, Teammate, User } from '../model/collections.ts';
import type { Condition, Filter, Store } from '../ports/store.ts';
import { can } from '../rules/access.ts';
import { GradeportError } from '../rules/errors.ts';

export type Party = {
  /** Of whatever it hands in. */
  owner: Pick<Submission, 'userId' | 'team'>;
  /** What the task's rules count as theirs: attempts, limits, what waits, the state that graders left. */
  all: Filter;
  /** Their "@random" numbers are drawn from it. */
  seed: string;
  /** Whether its members find already what is this team's. */
  isKept: boolean;
};
type TeamStore = Pick<Store, 'groups' | 'teammates' | 'users'>;

/** null: the task is for groups, and this student is in none. Staff hand in alone. */
export async function partyOf(
  store: TeamStore,
  actor: User,
  { id: task, course, groups }: Pick<Task, 'id' | 'course' | 'groups'>,
): Promise<Party | null> {
  const place = { course, task };
  if (!groups || can(actor, 'see-staff-details', { course })) {
    const alone = { owner: { userId: actor.id }, all: { ...place, userId: actor.id } };
    return { ...alone, seed: actor.name, isKept: true };
  }
  const group = await groupOf(store, course, actor.id);
  if (group === null) return null;
  const [people, before] = await Promise.all([present(store, group), teamsOf(store, { group: group.id })]);
  const team = { group: group.id, name: group.name, by: actor.id, members: people.map(({ id }) => id) };
  const userId = teamId(team);
  const all = { ...place, userId: anyOf([...before, userId]) };
  // Not their names: who joins the group later changes no number.
  const isKept = people.every(({ teams }) => Object.hasOwn(teams ?? {}, userId));
  return { owner: { userId, team }, all, seed: group.id, isKept };
}

export const GROUPLESS =
  'This task is handed in by groups, and you are in none. See the page "Groups" of the course, or ask your teacher.';
export function groupless(): never {
  throw new GradeportError('denied', GROUPLESS);
}

async function groupOf(
  { groups }: Pick<Store, 'groups'>,
  course: string,
  userId: string,
): Promise<Group | null> {
  return (await groups.find({ course })).find(({ members }) => members.includes(userId)) ?? null;
}

/** Without those who are not in the course any more. */
async function present({ users }: TeamStore, { members, course }: Group): Promise<User[]> {
  const found = await users.find({ id: { $in: members } });
  return found.filter(({ roles }) => Object.hasOwn(roles, course));
}

/** The same people of the same group are the same team. */
function teamId({ group, members }: Team): string {
  const text = JSON.stringify([group, ...members.toSorted()]);
  return `team-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

/** Before its first submission: from then on its members find what is theirs. */
export async function keepTeam(
  store: Pick<Store, 'teammates' | 'users'>,
  { userId: team, team: about }: Party['owner'],
): Promise<void> {
  if (!about) return;
  const { group, members } = about;
  await Promise.all(members.map((userId) => keepTeammate(store, { team, group, userId })));
}

async function keepTeammate(
  { teammates, users }: Pick<Store, 'teammates' | 'users'>,
  { team, group, userId }: Omit<Teammate, 'id'>,
): Promise<void> {
  await teammates.insert({ id: `${team}/${userId}`, team, group, userId }).catch((error: unknown) => {
    // Another of them handed in at the same moment.
    if (!(error instanceof GradeportError) || error.code !== 'conflict') throw error;
  });
  // The user last: what ends between the two is made up for by the team's next submission.
  await users.update({ id: userId }, { $set: { [`teams.${team}`]: group } });
}

/** Who handed something in, by name; accounts that are gone are left out. */
export async function peopleOf(
  { users }: Pick<Store, 'users'>,
  { userId, team }: Party['owner'],
): Promise<User[]> {
  if (team) return users.find({ id: { $in: team.members } }, { sort: { name: 1 } });
  const user = await users.get(userId);
  return user ? [user] : [];
}

/** Whose runs are a user's: their own and those of every team that they were in. */
export const ownersOf = ({ id, teams }: Pick<User, 'id' | 'teams'>): Condition =>
  anyOf([id, ...Object.keys(teams ?? {})]);

export async function ownersById({ users }: Pick<Store, 'users'>, id: string): Promise<Condition> {
  return ownersOf((await users.get(id)) ?? { id });
}

/** At the start of a server: the users of an older store do not say their teams. */
export async function tellUsersTheirTeams({
  teammates,
  users,
}: Pick<Store, 'teammates' | 'users'>): Promise<void> {
  const all = Map.groupBy(await teammates.find({}), ({ userId }) => userId);
  if (all.size === 0) return;
  const found = await users.find({ id: { $in: [...all.keys()] } });
  for (const { id, teams: known } of found) {
    if (known !== undefined) continue;
    const teams = Object.fromEntries((all.get(id) ?? []).map(({ team, group }) => [team, group]));
    await users.update({ id }, { $set: { teams } });
  }
}

async function teamsOf({ teammates }: Pick<Store, 'teammates'>, filter: Filter): Promise<string[]> {
  return (await teammates.pluck(['team'], filter)).map(([team]) => String(team));
}

/** One alone is asked for as one: an index then gives its documents in order. */
function anyOf(ids: readonly string[]): Condition {
  const different = [...new Set(ids)];
  return different.length === 1 ? (different[0] ?? '') : { $in: different };
}
