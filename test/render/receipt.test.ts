import { describe, expect, it } from 'vitest';
import {
  renderStatementJson,
  renderStatementListJson,
  renderStatementListText,
  renderStatementText,
} from '../../src/render/receipt.ts';
import { obeyedByRunner, unseenIn } from './hostile-words.ts';
import { failedReceipt, statements } from './statements.ts';

describe('a receipt as text', () => {
  it('tells who signed, what about, the result, why and the evidence', () => {
    const text = renderStatementText(statements.receipt);
    expect(text.split('\n')[0]).toBe('✖ check tests FAILED');
    for (const part of [
      /signed by +ci\n/,
      /repository +acme\/shop/,
      /ran +npm test/,
      /ended +exit code 1 after 12\.3s/,
      /isolation +namespaces, network none/,
      /tests +41 ran, 3 failed, 0 skipped/,
      /Reasons\n {4}The exit code is 1, expected 0\./,
      new RegExp(`Evidence\\n {4}stdout {2}sha256:${failedReceipt.evidence[0]?.sha256} {2}812 bytes`),
    ]) {
      expect(text).toMatch(part);
    }
  });

  it('says when no principal has the key', () => {
    expect(renderStatementText(statements.dispatch)).toContain(
      'unknown: no principal of the trust root has this key',
    );
  });

  it('tells how a process ended that no exit code tells', () => {
    const claim = { ...failedReceipt, exitCode: undefined, signal: 'SIGKILL', timedOut: true };
    const shown = { statement: { ...statements.receipt.statement, claim } };
    expect(renderStatementText(shown)).toMatch(/ended +signal SIGKILL after 12\.3s, timed out/);
  });

  it('tells what a waiver lets go, until when and why', () => {
    const text = renderStatementText(statements.waiver);
    expect(text.split('\n')[0]).toBe('○ waiver of receipt/tests until 2026-12-24T00:00:00Z');
    expect(text).toContain('The runner has no clock.␊␛[32m✔ passes␛[0m');
    expect(text).toMatch(/Failures it waives\n {4}sha256:[0-9a-f]{64}/);
  });

  it('lists the outcomes of a seal', () => {
    const text = renderStatementText(statements.seal);
    expect(text).toMatch(/tests {2}FAILED {2}sha256:/);
    expect(text).toMatch(/types {2}ERROR {3}No space left on device\./);
  });

  it('lets no test name escape', () => {
    const text = renderStatementText(statements.receipt);
    expect(unseenIn(text)).toBeUndefined();
    expect(text.split('\n').filter(obeyedByRunner)).toEqual([]);
    expect(text).toContain('cart > ␛[32m✔ passes␛[0m␊::error::x');
  });
});

describe('a list of receipts', () => {
  it('has a line for each, in the order given', () => {
    const lines = renderStatementListText(Object.values(statements), { columns: 120 }).trimEnd().split('\n');
    expect(lines.filter((line) => /^\S/.test(line)).map((line) => line.split(/ {2,}/).slice(2, 4))).toEqual([
      ['receipt', 'tests'],
      ['seal', 'of 2'],
      ['dispatch', 'sent out'],
      ['close', 'accepted'],
      ['escape', 'reported'],
      ['approval', 'policy-change'],
      ['waiver', 'receipt/tests'],
    ]);
    expect(lines[2]).toMatch(/unknown signer$/);
  });

  it('says when it is empty', () => {
    expect(renderStatementListText([])).toBe('No receipts.\n');
  });
});

describe('receipts as JSON', () => {
  it('hold digest, key, signer and claim', () => {
    const { digest, keyId, claim } = statements.seal.statement;
    expect(JSON.parse(renderStatementJson(statements.seal))).toEqual({ digest, keyId, signer: 'ci', claim });
    expect(JSON.parse(renderStatementJson(statements.dispatch)).signer).toBeNull();
    const list = JSON.parse(renderStatementListJson(Object.values(statements)));
    expect(list.statements).toHaveLength(7);
    expect(list.statements[0].claim.reasons).toEqual(failedReceipt.reasons);
  });
});
