/** Pages that stand in a frame, or lead out of one. */

/** Names and values of a launch's form, to be sent again from a separate window. */
export type LaunchWindowPage = {
  action: string;
  pairs: readonly (readonly [string, string])[];
  /** A page without header and footer. */
  layout: false;
};

/** A text with scripts of its teacher; base: what its relative addresses start from. */
export type FrameView = { href: string; base: string; title: string };

/** The document in a frame: all that it shows is in it. */
export type StatementFramePage = {
  layout: false;
  style: string;
  /** They run before those of the text. */
  scripts: string[];
  /** The task's description around a problem's text, which may have what its scripts need. */
  aroundHtml: string;
  html: string;
};
