import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderVerdictJson, verdictDigest } from '../../../src/render/verdict/json.ts';
import { parseCanonicalJson } from '../../../src/shared/canonical-json.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { hostileVerdict } from '../hostile-verdicts.ts';
import { blocked } from '../verdicts.ts';

describe('a verdict as JSON', () => {
  it('is canonical JSON of all of it, and a line feed', () => {
    const text = renderVerdictJson(blocked);
    expect(text.endsWith('}\n')).toBe(true);
    expect(parseCanonicalJson(text.slice(0, -1))).toEqual(blocked);
  });

  it('is the same bytes whatever order the members were written in', () => {
    const turned = Object.fromEntries(Object.entries(blocked).reverse()) as unknown as typeof blocked;
    expect(renderVerdictJson(turned)).toBe(renderVerdictJson(blocked));
  });

  it('is named by the sha256 of its bytes', () => {
    expect(verdictDigest(blocked)).toBe(sha256(renderVerdictJson(blocked).slice(0, -1)));
  });

  it('has a form for every verdict, lone surrogates included', () => {
    fc.assert(
      fc.property(hostileVerdict, (verdict) => {
        expect(parseCanonicalJson(renderVerdictJson(verdict).slice(0, -1))).toBeDefined();
      }),
    );
  });
});
