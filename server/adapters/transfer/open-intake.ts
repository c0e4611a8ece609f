/** Chooses who takes documents in, by the kind of store. */
import type { Intake, IntakeOptions } from './intake.ts';
import type { StoreRef } from './store-ref.ts';

/** Holds the lock of a server until it is closed. @throws GradeportError "conflict" where the store holds something */
export async function openIntake(ref: StoreRef, options: IntakeOptions): Promise<Intake> {
  if (ref.kind === 'sqlite') return (await import('./sqlite-intake.ts')).openSqliteIntake(ref, options);
  return (await import('./mongo-intake.ts')).openMongoIntake(ref, options);
}

/** Gives up what did not end. @returns null: there was nothing; else the command that had begun it */
export async function abandonIntake(ref: StoreRef): Promise<{ by: string; ended: boolean } | null> {
  if (ref.kind === 'sqlite') return (await import('./sqlite-intake.ts')).abandonSqliteIntake(ref);
  return (await import('./mongo-intake.ts')).abandonMongoIntake(ref);
}
