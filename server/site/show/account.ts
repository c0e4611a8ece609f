/** The page of one's own account. */
import type { AccountPage } from '../../../web/account-views.ts';
import type { PageTranslate } from '../../../web/languages.ts';
import type { User } from '../../model/collections.ts';
import type { OpenSession } from '../../people/sessions.ts';
import { utcText } from '../../text/quantities.ts';

import { nav } from './nav.ts';

/** What an answer shows once, and no later page; isOn: it was turned on by this request. */
export type ShownOnce = Partial<Pick<AccountPage, 'enrol' | 'codes' | 'isOn'>>;
type State = ShownOnce & Pick<AccountPage, 'error' | 'isOwed'>;

export function accountPage(
  user: User,
  sessions: readonly (OpenSession & { isThis: boolean })[],
  { error, isOwed, enrol = null, codes = [], isOn = user.secondFactor !== undefined }: State,
  t: PageTranslate,
): AccountPage {
  return {
    ...nav(user, '', t('account.account')),
    error,
    isOn,
    isOff: !isOn && user.lti === undefined,
    isOwed: isOwed && !isOn,
    enrol,
    codes,
    sessions: sessions.map(({ createdAt, usedAt, ...one }) => ({
      ...one,
      created: utcText(Date.parse(createdAt)),
      used: utcText(Date.parse(usedAt)),
    })),
  };
}
