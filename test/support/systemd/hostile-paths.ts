/** Paths with what systemd reads as specifiers, variables, quotes, ends of lines or of commands. */
export const HOSTILE_PATHS = [
  '/srv/two words',
  '/srv/100%home %h %%',
  '/srv/$HOME $PATH $$',
  '/srv/back\\slash\\x20 \\n',
  `/srv/"double" and 'single'`,
  '/srv/ends with a backslash\\',
  '/srv/ends with a blank ',
  '/srv/ ; ExecStart=/bin/false',
  '/srv/#no comment; nor this',
  '/srv/-dash +plus !not :colon @at',
  '/srv/Prüfung ✓',
];
