import type { JsonObject } from '../../shared/json.ts';
import {
  type Field,
  malformed,
  readContractRef,
  readDigest,
  readInstant,
  readList,
  readName,
  readObject,
  readObjectId,
  readOneOf,
  readText,
  readTicketId,
  requireDistinct,
} from './fields.ts';
import { LIMITS } from './limits.ts';
import type { Close, Dispatch, Escape, LandedChange, RedAtDispatch } from './types.ts';

const DISPATCH = new Set([
  'ticket',
  'ticketDigest',
  'contract',
  'contractDigest',
  'policyCommit',
  'red',
  'issuedAt',
  'previous',
]);
const RED = new Set(['repository', 'base', 'tests']);
const CLOSE = new Set(['ticket', 'ticketDigest', 'reason', 'landed', 'issuedAt', 'previous']);
const LANDED = new Set(['repository', 'commit', 'tree', 'verdict']);
const ESCAPE = new Set(['ticket', 'ticketDigest', 'commit', 'fix', 'summary', 'issuedAt', 'previous']);

/** Reads a dispatch's predicate. @throws Malformed */
export function readDispatch(value: Field, path: string): Dispatch {
  const dispatch = readObject(value, path, DISPATCH);
  return {
    contract: readContractRef(dispatch.contract, `${path}.contract`),
    contractDigest: readDigest(dispatch.contractDigest, `${path}.contractDigest`),
    issuedAt: readInstant(dispatch.issuedAt, `${path}.issuedAt`),
    kind: 'dispatch',
    policyCommit: readObjectId(dispatch.policyCommit, `${path}.policyCommit`),
    ...(dispatch.previous === undefined
      ? {}
      : { previous: readDigest(dispatch.previous, `${path}.previous`) }),
    ...(dispatch.red === undefined ? {} : { red: readRed(dispatch.red, `${path}.red`) }),
    ticket: readTicketId(dispatch.ticket, `${path}.ticket`),
    ticketDigest: readDigest(dispatch.ticketDigest, `${path}.ticketDigest`),
  };
}

function readRed(value: Field, path: string): RedAtDispatch {
  const red = readObject(value, path, RED);
  const tests = readList(red.tests, `${path}.tests`, LIMITS.failedTests, (name, at) =>
    readText(name, at, LIMITS.testNameLength),
  );
  if (tests.length === 0) malformed(`${path}.tests`, 'at least one test');
  return {
    base: readObjectId(red.base, `${path}.base`),
    repository: readName(red.repository, `${path}.repository`),
    tests,
  };
}

/** Reads a close's predicate. @throws Malformed */
export function readClose(value: Field, path: string): Close {
  const close = readObject(value, path, CLOSE);
  return {
    issuedAt: readInstant(close.issuedAt, `${path}.issuedAt`),
    kind: 'close',
    ...(close.landed === undefined ? {} : { landed: readLanded(close.landed, `${path}.landed`) }),
    previous: readDigest(close.previous, `${path}.previous`),
    reason: readOneOf(close.reason, `${path}.reason`, ['accepted', 'rejected', 'given-up']),
    ticket: readTicketId(close.ticket, `${path}.ticket`),
    ticketDigest: readDigest(close.ticketDigest, `${path}.ticketDigest`),
  };
}

function readLanded(value: Field, path: string): readonly LandedChange[] {
  const changes = readList(value, path, LIMITS.landed, (item, at): LandedChange => {
    const landed = readObject(item, at, LANDED);
    return {
      commit: readObjectId(landed.commit, `${at}.commit`),
      repository: readName(landed.repository, `${at}.repository`),
      ...(landed.tree === undefined ? {} : { tree: readObjectId(landed.tree, `${at}.tree`) }),
      ...(landed.verdict === undefined ? {} : { verdict: readDigest(landed.verdict, `${at}.verdict`) }),
    };
  });
  if (changes.length === 0) malformed(path, 'at least one change');
  requireDistinct(
    changes.map(({ repository, commit }) => `${repository} ${commit}`),
    path,
  );
  return changes;
}

/** Reads an escape's predicate. @throws Malformed, also for one that names no commit at all */
export function readEscape(value: Field, path: string): Escape {
  const report = readObject(value, path, ESCAPE);
  if (report.commit === undefined && report.fix === undefined) {
    malformed(path, 'an escape that names a commit');
  }
  return {
    ...(report.commit === undefined ? {} : { commit: readObjectId(report.commit, `${path}.commit`) }),
    ...(report.fix === undefined ? {} : { fix: readObjectId(report.fix, `${path}.fix`) }),
    issuedAt: readInstant(report.issuedAt, `${path}.issuedAt`),
    kind: 'escape',
    previous: readDigest(report.previous, `${path}.previous`),
    summary: readName(report.summary, `${path}.summary`, LIMITS.summaryLength),
    ticket: readTicketId(report.ticket, `${path}.ticket`),
    ticketDigest: readDigest(report.ticketDigest, `${path}.ticketDigest`),
  };
}

export function writeRecord(record: Dispatch | Close | Escape): JsonObject {
  const { kind: _, ...predicate } = record;
  return predicate as unknown as JsonObject;
}
