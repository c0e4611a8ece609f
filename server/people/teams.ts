/** The team that hands in to a task: a student or a group, and what belongs to it from earlier. */
import { createHash } from 'node:crypto';
import type { Task } from '../courses/task.ts';
import type { Group, Submission, Team, Teammate, User } from '../model/collections.ts';
import type { Condition, Filter, Store } from '../ports/store.ts';
import { can } from '../rules/access.ts';
import { GradeportError } from '../rules/errors.ts';

export type Party = {
  /** The owner of its new submissions. */
  owner: Pick<Submission, 'userId' | 'team'>;
  /** The submissions that the task's rules count for it: attempts, limits, what waits, the state that graders left. */
  all: Filter;
  /** The seed of its "@random" numbers. */
  seed: string;
  /** Whether its members can already find the team's submissions. */
  isKept: boolean;
};
type TeamStore = Pick<Store, 'groups' | 'teammates' | 'users'>;

/** null: the task is for groups, and this student has none. Staff hand in alone. */
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
  // Not the members' names: a student who joins the group later must not change the numbers.
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

/** Leaves out members who are no longer in the course. */
async function present({ users }: TeamStore, { members, course }: Group): Promise<User[]> {
  const found = await users.find({ id: { $in: members } });
  return found.filter(({ roles }) => Object.hasOwn(roles, course));
}

/** The same people in the same group are the same team. */
function teamId({ group, members }: Team): string {
  const text = JSON.stringify([group, ...members.toSorted()]);
  return `team-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

/** Called before its first submission: from then on its members find the team's submissions. */
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
    // Another member handed in at the same moment.
    if (!(error instanceof GradeportError) || error.code !== 'conflict') throw error;
  });
  // The user comes last: if the process ends in between, the team's next submission repairs it.
  await users.update({ id: userId }, { $set: { [`teams.${team}`]: group } });
}

/** The people who handed in, by name; deleted accounts are left out. */
export async function peopleOf(
  { users }: Pick<Store, 'users'>,
  { userId, team }: Party['owner'],
): Promise<User[]> {
  if (team) return users.find({ id: { $in: team.members } }, { sort: { name: 1 } });
  const user = await users.get(userId);
  return user ? [user] : [];
}

/** The owners of a user's runs: the user, and every team that they were in. */
export const ownersOf = ({ id, teams }: Pick<User, 'id' | 'teams'>): Condition =>
  anyOf([id, ...Object.keys(teams ?? {})]);

export async function ownersById({ users }: Pick<Store, 'users'>, id: string): Promise<Condition> {
  return ownersOf((await users.get(id)) ?? { id });
}

/** At the start of a server: the users of an older store do not list their teams. */
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

/** A single value is queried as such: an index then returns its documents in order. */
function anyOf(ids: readonly string[]): Condition {
  const different = [...new Set(ids)];
  return different.length === 1 ? (different[0] ?? '') : { $in: different };
}
