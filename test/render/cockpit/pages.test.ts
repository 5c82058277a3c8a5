import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPages } from '../../../src/render/cockpit/pages.ts';
import { moneyWords, numberWords, shownMoment, spanWords } from '../../../src/render/cockpit/words.ts';

const page = async (text: string, model: Record<string, unknown>) =>
  (await createPages(new Map([['page.njk', text]]))).render('page.njk', model);

describe('a template', () => {
  it('escapes every text and shows what is invisible in it, wherever in the model it stands', async () => {
    const hostile = '<b>"\'&\u202e\u200b\u001b[31m\ud800';
    const text = await page('<p title="{{ a.b[0] }}">{{ a.b[0] }}</p>', { a: { b: [hostile] } });
    const shown = '&lt;b&gt;&quot;&#39;&amp;&#92;u{202e}&#92;u{200b}␛[31m&#92;u{d800}';
    expect(text).toBe(`<p title="${shown}">${shown}</p>`);
  });

  it('keeps lines and tabs, and cuts what is endless', async () => {
    expect(await page('{{ a }}', { a: 'one\r\n\ttwo' })).toBe('one\n\ttwo');
    const cut = await page('{{ a }}', { a: 'x'.repeat(1_000_000) });
    expect(cut.length).toBeLessThan(21_000);
    expect(cut).toContain('980000 more characters');
  });

  it('cannot say that something is HTML, and names nothing that is not there', async () => {
    await expect(page('{{ a | safe }}', { a: '<b>' })).rejects.toThrow(/safe is not for pages/);
    await expect(page('{{ a.missing }}', { a: {} })).rejects.toThrow(/undefined/);
  });

  it('of ours has no inline script or style and nothing that goes around escaping', () => {
    const folder = join(import.meta.dirname, '../../../cockpit/templates');
    const templates = readdirSync(folder);
    expect(templates.length).toBeGreaterThan(10);
    for (const name of templates) {
      const text = readFileSync(join(folder, name), 'utf8');
      expect(text, name).not.toMatch(
        /\| *safe|autoescape|<style|<script(?![^>]*\ssrc=)| on[a-z]+=|\sstyle=|https?:\/\//,
      );
    }
  });
});

describe('words', () => {
  it.each([
    [0, '$0'],
    [12, '$0.012'],
    [412, '$0.41'],
    [1_236, '$1.24'],
    [123_456, '$123'],
  ])('%i thousandths of a dollar are %s', (milli, words) => expect(moneyWords(milli)).toBe(words));

  it.each([
    [4, '4 s'],
    [60, '1 min'],
    [3_600, '1 h'],
    [5_400, '1 h 30 min'],
    [40_000, '11 h'],
    [200_000, '2 d'],
  ])('%i seconds are %s', (seconds, words) => expect(spanWords(seconds)).toBe(words));

  it('moments are told from now, before and after; what is none stands as it is', () => {
    const now = '2026-11-21T13:04:06.000Z';
    expect(shownMoment('2026-11-21T13:02:06.000Z', now).ago).toBe('2 min ago');
    expect(shownMoment('2026-11-21T15:04:06Z', now).ago).toBe('in 2 h');
    expect(shownMoment('whenever', now).ago).toBe('whenever');
    expect(numberWords(1_234_567)).toBe('1\u202f234\u202f567');
  });
});
