/** What programs, images and registries print, made harmless for logs, terminals and sentences. Pure. */

/** Colours, cursor movements and titles of terminals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;
/** All that is left of them, and the characters that turn the direction of text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** One line of a hostile program's output, as it may be shown: no colours, no cursor movements, and not too long. */
export function harmlessLine(text: string, maxCharacters: number): string {
  // Bounded first: patterns over a line of megabytes take seconds.
  const start = text.slice(0, 4 * maxCharacters);
  // A progress bar writes over its line again and again: what it wrote last is what a terminal shows.
  const shown = start.trimEnd().split('\r').at(-1) ?? '';
  const plain = shown.replace(SEQUENCES, '').replace(CONTROL, '').trimEnd();
  return plain.length > maxCharacters || start.length < text.length
    ? `${plain.slice(0, maxCharacters)} …`
    : plain;
}
