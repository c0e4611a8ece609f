/** The ways of starting containers that this user can have: only root has those that touch the machine. */
import process from 'node:process';
import type { WayName } from '../../server/rules/ways.ts';

export const hasWay = (way: WayName): boolean => way === 'portable' || process.getuid?.() === 0;
