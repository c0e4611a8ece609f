/** A step of an image's history as its Dockerfile had it. Pure. */

/** The engine writes "/bin/sh -c" before all, and "#(nop)" before what runs nothing. */
export function instructionOf(command: string): string {
  const plain = command.replace(/\s+/g, ' ').trim();
  if (plain === '') return 'Imported';
  const [, nop, rest] = /^\/bin\/sh -c (#\(nop\) )?(.*)$/.exec(plain) ?? [];
  return rest === undefined ? plain : nop === undefined ? `RUN ${rest}` : rest.trim();
}
