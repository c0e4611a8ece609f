/**
 * A launch within a frame of the learning platform. Our pages refuse to be framed (another site could cover parts of
 * them), and browsers keep no cookie in a frame. So the same form is offered again, for a separate window. The form
 * holds what the browser sent; the server has not checked it yet, and the launch is not used up.
 */
import type { Request, Response } from 'express';
import { render } from '../render.ts';

const FRAMES = new Set(['iframe', 'frame', 'embed', 'object']);

export const isFramed = (req: Request): boolean => FRAMES.has(req.get('sec-fetch-dest') ?? '');

const POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors *";

export function offerWindow(
  res: Response,
  action: string,
  pairs: readonly (readonly [string, string])[],
): void {
  res.set('Content-Security-Policy', POLICY).removeHeader('X-Frame-Options');
  render(res, 'launch-window', { action, pairs, layout: false });
}
