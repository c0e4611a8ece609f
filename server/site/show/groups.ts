import type { PageTranslate } from '../../../web/languages.ts';
import type { GroupsPage, GroupView } from '../../../web/membership-views.ts';
import type { User } from '../../model/collections.ts';
import type { CourseGroups, ShownGroup } from '../../people/group-verbs.ts';
import { courseHref, groupHref, groupsHref } from './hrefs.ts';
import { nav } from './nav.ts';

export function groupsPage(
  user: User,
  given: CourseGroups,
  error: string | null,
  t: PageTranslate,
): GroupsPage {
  const { course, staff, mayChoose, groups, without, handsIn } = given;
  const isFree = !groups.some(({ own }) => own);
  return {
    ...nav(user, 'courses', t('groups.title', { course: course.name })),
    course: { id: course.id, name: course.name, href: courseHref(course.id) },
    staff,
    mayChoose,
    groups: groups.map((group) => groupView(user, given, group, isFree)),
    without: without.map(({ name, displayName }) => ({ name, displayName })),
    newHref: groupsHref(course.id),
    usualSize: groups.at(-1)?.size ?? 2,
    handsIn,
    error,
  };
}

function groupView(
  user: User,
  { course, staff, mayChoose, without }: CourseGroups,
  { id, name, size, taken, people, own }: ShownGroup,
  isFree: boolean,
): GroupView {
  const hasRoom = taken < size;
  return {
    id,
    name,
    size,
    taken,
    own,
    href: groupHref(course.id, id),
    people: people?.map((one) => ({ name: one.name, displayName: one.displayName })) ?? null,
    canFill: staff && hasRoom && without.length > 0,
    canEnter: mayChoose && isFree && hasRoom ? { name: user.name } : null,
    canLeave: mayChoose && own ? { name: user.name } : null,
  };
}
