/** The languages of the pages. To add one: a folder beside messages/en, and an entry in LANGUAGES. */

import account from './messages/en/account.json' with { type: 'json' };
import builds from './messages/en/builds.json' with { type: 'json' };
import courses from './messages/en/courses.json' with { type: 'json' };
import environments from './messages/en/environments.json' with { type: 'json' };
import groups from './messages/en/groups.json' with { type: 'json' };
import live from './messages/en/live.json' with { type: 'json' };
import registries from './messages/en/registries.json' with { type: 'json' };
import run from './messages/en/run.json' with { type: 'json' };
import site from './messages/en/site.json' with { type: 'json' };
import task from './messages/en/task.json' with { type: 'json' };
import { createLanguage, type Language, type Translate } from './messages.ts';

/** The catalogue that the others are compared with. */
export const ENGLISH_MESSAGES = {
  account,
  builds,
  courses,
  environments,
  groups,
  live,
  registries,
  run,
  site,
  task,
};

type WithoutForm<Name extends string> = Name extends `${infer Base}_${'one' | 'other'}` ? Base : Name;
type KeysOf<Groups> = {
  [Group in keyof Groups & string]: `${Group}.${WithoutForm<keyof Groups[Group] & string>}`;
}[keyof Groups & string];

/** "courses.title": a misspelt key does not compile. */
export type MessageKey = KeysOf<typeof ENGLISH_MESSAGES>;
export type PageLanguage = Language<MessageKey>;
export type PageTranslate = Translate<MessageKey>;

export const ENGLISH: PageLanguage = createLanguage('en', ENGLISH_MESSAGES, 'en-GB');

/** The first language is for readers who prefer none of them. */
export const LANGUAGES: readonly PageLanguage[] = [ENGLISH];
