/**
 * Scripts that teachers put into a text (".. raw:: html"). INGInious runs them on its page. Here such a text is shown in
 * a frame without an origin, a network or a way out (site/pages/statement-frame.ts), and without scripts as ever.
 */
const RAW = /^[^\S\n]*\.\. (?:\|[^|\n]*\| )?raw::[^\S\n]*html/m;
const ACTIVE = /<(?:script|style|canvas|button|input|select)\b|<[a-z][^<>]{0,1000}\son[a-z]{3,20}\s*=/i;

/** Whether a text has more to show in a frame. A text that only quotes a script is shown there, too, and looks the same. */
export const needsFrame = (source: string): boolean => RAW.test(source) && ACTIVE.test(source);
