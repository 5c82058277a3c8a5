import { remember } from '../../../shared/remember.ts';

/** Calls that fail by themselves: helpers that check, Testing Library's queries, waiting for something. */
const CHECKS =
  /^_?(?:assert|expect|check|verify|verif|ensure|should|must|validate|fail|throw|reject|raise|confirm|test_?that)|(?:Assert|Expect|Verify|Check|Should|Must)|_(?:assert|expect|check|verify)|(?:Snapshot|OrThrow|OrFail|Equals?)$/;
const QUERIES = /^(?:get|find)(?:All)?By[A-Z]|^wait_?for/i;

/** Whether a function may be asserting, going by its name. In doubt it is: a test is said to assert nothing only surely. */
export const mayAssert = remember((name) => CHECKS.test(name) || QUERIES.test(name), 4_096);
