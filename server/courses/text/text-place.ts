/** Where a text stands. INGInious' pages have these addresses, and relative addresses in texts start from them. */
export type TextPlace = { course: string; task: string | null };

/** The place of an activity's page, as INGInious has it. */
export const baseOf = ({ course, task }: TextPlace): string =>
  `/course/${[course, ...(task === null ? [] : [task])].map(encodeURIComponent).join('/')}`;

/** An address of a text, as it is to stand on any page. Whole addresses and those within the page stay. */
export function resolveAddress(address: string, base: string): string {
  const text = address.trim();
  if (text === '' || /^([a-z][a-z\d+.-]*:|[/#?\\])/i.test(text)) return address;
  // Any host will do: only the path is taken.
  const url = URL.parse(text, `http://host${base}`);
  if (url === null) return address;
  // Two slashes would begin another site's address.
  return `/${url.pathname.replace(/^\/+/, '')}${url.search}${url.hash}`;
}
