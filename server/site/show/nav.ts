import type { Nav } from '../../../web/nav.ts';
import type { User } from '../../model/collections.ts';

export type Section = 'courses' | 'environments' | '';

export function nav(user: User | null, section: Section, title: string, notice: string | null = null): Nav {
  const shown = user && { name: user.name, displayName: user.displayName, operator: user.operator };
  return { user: shown, section, title, notice };
}
