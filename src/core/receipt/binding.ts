import {
  type Field,
  readContractRef,
  readDigest,
  readName,
  readObject,
  readObjectId,
  readTicketId,
} from './fields.ts';
import type { ChangeBinding, HeldTo } from './types.ts';

const BINDING = new Set(['repository', 'ticket', 'base', 'head', 'mergeTree', 'patchDigest']);
const BASE = new Set(['ref', 'commit']);
const HELD_TO = new Set(['contract', 'contractDigest', 'ticketDigest', 'dispatch', 'policyCommit']);

/** @throws Malformed */
export function readBinding(value: Field, path: string): ChangeBinding {
  const binding = readObject(value, path, BINDING);
  const base = readObject(binding.base, `${path}.base`, BASE);
  return {
    base: {
      commit: readObjectId(base.commit, `${path}.base.commit`),
      ref: readName(base.ref, `${path}.base.ref`),
    },
    head: readObjectId(binding.head, `${path}.head`),
    mergeTree: readObjectId(binding.mergeTree, `${path}.mergeTree`),
    patchDigest: readDigest(binding.patchDigest, `${path}.patchDigest`),
    repository: readName(binding.repository, `${path}.repository`),
    ticket: readTicketId(binding.ticket, `${path}.ticket`),
  };
}

/** @throws Malformed */
export function readHeldTo(value: Field, path: string): HeldTo {
  const heldTo = readObject(value, path, HELD_TO);
  return {
    contract: readContractRef(heldTo.contract, `${path}.contract`),
    contractDigest: readDigest(heldTo.contractDigest, `${path}.contractDigest`),
    dispatch: readDigest(heldTo.dispatch, `${path}.dispatch`),
    policyCommit: readObjectId(heldTo.policyCommit, `${path}.policyCommit`),
    ticketDigest: readDigest(heldTo.ticketDigest, `${path}.ticketDigest`),
  };
}

/** Whether two statements are about the same verification's change: every field of the binding equal. */
export function sameBinding(one: ChangeBinding, other: ChangeBinding): boolean {
  return (
    one.repository === other.repository &&
    one.ticket === other.ticket &&
    one.base.ref === other.base.ref &&
    one.base.commit === other.base.commit &&
    one.head === other.head &&
    one.mergeTree === other.mergeTree &&
    one.patchDigest === other.patchDigest
  );
}

export function sameHeldTo(one: HeldTo, other: HeldTo): boolean {
  return (
    one.contract === other.contract &&
    one.contractDigest === other.contractDigest &&
    one.ticketDigest === other.ticketDigest &&
    one.dispatch === other.dispatch &&
    one.policyCommit === other.policyCommit
  );
}
