/** Chooses the intake by the kind of store. */

import type { StoreRef } from '../store-ref.ts';
import type { Intake, IntakeOptions } from './intake.ts';

/** Holds the server's lock until it is closed. @throws GradeportError "conflict" where the store has documents */
export async function openIntake(ref: StoreRef, options: IntakeOptions): Promise<Intake> {
  if (ref.kind === 'sqlite') return (await import('./sqlite-intake.ts')).openSqliteIntake(ref, options);
  return (await import('./mongo-intake.ts')).openMongoIntake(ref, options);
}

/** Gives up an import that did not end. @returns null: there was none; else the command that began it */
export async function abandonIntake(ref: StoreRef): Promise<{ by: string; ended: boolean } | null> {
  if (ref.kind === 'sqlite') return (await import('./sqlite-intake.ts')).abandonSqliteIntake(ref);
  return (await import('./mongo-intake.ts')).abandonMongoIntake(ref);
}
