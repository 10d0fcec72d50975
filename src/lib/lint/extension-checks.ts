/** Questions that are asked of many extensions. */
import { TAG } from '../der/index.ts';
import type { LintSubject } from './subject.ts';

type Check = (subject: LintSubject) => boolean;

/** The extension is there and critical. */
export const critical =
  (oid: string): Check =>
  ({ certificate }) =>
    certificate.extension(oid)?.critical === true;

/** The extension is there and not critical. */
export const uncritical =
  (oid: string): Check =>
  ({ certificate }) =>
    certificate.extension(oid)?.critical === false;

/** The extension is a SEQUENCE without elements. */
export const empty =
  (oid: string): Check =>
  (subject) =>
    subject.node(oid)?.is(TAG.sequence) === true && subject.parts(oid).length === 0;
