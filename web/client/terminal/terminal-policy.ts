/** What the keys below a terminal send, and the time left: rules on values. terminal.ts acts on them. */

/** The characters of the keys below the terminal. */
export const KEYS: Record<string, string> = {
  esc: '\x1b',
  tab: '\t',
  up: '\x1b[A',
  down: '\x1b[B',
  left: '\x1b[D',
  right: '\x1b[C',
};

/** What is sent for a key while Ctrl holds; an arrow or a paste is sent as it is. */
export const withControl = (typed: string): string => (typed.length === 1 ? controlOf(typed) : typed);

/** Ctrl with a letter sends the letter's position in the alphabet. */
function controlOf(letter: string): string {
  const code = letter.toUpperCase().charCodeAt(0);
  return code >= 64 && code < 96 ? String.fromCharCode(code - 64) : letter;
}

/** "4:05"; never below zero. */
export function timeLeft(endsAt: number, now: number): string {
  const seconds = Math.max(0, Math.round((endsAt - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
