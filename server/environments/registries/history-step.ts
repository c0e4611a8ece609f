/** A step of an image's history as it was written in the Dockerfile. Pure. */

/** The engine writes "/bin/sh -c" before every step, and "#(nop)" before steps that run nothing. */
export function instructionOf(command: string): string {
  const plain = command.replace(/\s+/g, ' ').trim();
  if (plain === '') return 'Imported';
  const [, nop, rest] = /^\/bin\/sh -c (#\(nop\) )?(.*)$/.exec(plain) ?? [];
  return rest === undefined ? plain : nop === undefined ? `RUN ${rest}` : rest.trim();
}
